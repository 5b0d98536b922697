<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!--
The HTML report. It is yours to change: copy the folder of shipped data, or
edit it in place. XSLT 1.0, run by libxslt without any way to a file or to the
network.

It is applied to one small document at a time, so that memory does not grow
with the run. The document element is r:page; its attribute `lang` is fi or en
and its attribute `part` says what is asked for:
  page      the whole page without its cases; holds the run as in results.xml.
            Where a processing instruction <?esitesti-cases WHICH PART?> stands
            in the result, the program puts what this stylesheet makes of each
            case with that part. WHICH is all, brief (all, without their steps)
            or unresolved (those that somebody has to look into).
  others    one r:case as in results.xml; with `all`, cases that did not pass
            have r:excerpt in their exchanges. The names are this file's own:
            failure, row, case.
es:word(id, argument …) gives a sentence of the catalogue in the page's
language; '-' in the id counts as '_'.
In the style sheet below avoid the greater-than sign and the ampersand.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:r="urn:esitesti:results:1" xmlns:es="urn:esitesti:words:1"
    exclude-result-prefixes="r es">

<xsl:variable name="lang" select="/r:page/@lang"/>
<xsl:variable name="fi" select="$lang = 'fi'"/>

<xsl:template match="/">
  <xsl:choose>
    <xsl:when test="r:page/@part = 'page'"><xsl:apply-templates select="r:page" mode="page"/></xsl:when>
    <xsl:when test="r:page/@part = 'failure'"><xsl:apply-templates select="r:page/r:case" mode="failure"/></xsl:when>
    <xsl:when test="r:page/@part = 'row'"><xsl:apply-templates select="r:page/r:case" mode="row"/></xsl:when>
    <xsl:otherwise><xsl:apply-templates select="r:page/r:case" mode="case"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- ================================================== The page -->

<xsl:template match="r:page" mode="page">
  <html lang="{$lang}">
    <head>
      <meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="referrer" content="no-referrer"/>
      <title><xsl:call-template name="title"/> · <xsl:value-of select="r:run/@id"/></title>
      <style><xsl:call-template name="style"/></style>
    </head>
    <body>
      <header>
        <p class="over"><xsl:value-of select="r:run/@tool"/></p>
        <h1><xsl:call-template name="title"/></h1>
        <p class="meta">
          <xsl:call-template name="moment"><xsl:with-param name="at" select="r:run/@started"/></xsl:call-template>
          <xsl:if test="r:run/@system"> · <xsl:value-of select="r:run/@system"/><xsl:text> </xsl:text><xsl:value-of select="r:run/@system-version"/><xsl:if test="r:run/@system-class">, <xsl:value-of select="es:word('report_class', r:run/@system-class)"/></xsl:if></xsl:if>
          <xsl:text> · </xsl:text>
          <xsl:call-template name="receiver"/>
        </p>
      </header>
      <main>
        <xsl:call-template name="verdict"/>
        <xsl:call-template name="contents"/>
        <section aria-labelledby="failures">
          <h2 id="failures"><xsl:value-of select="es:word('report_h_failures')"/></h2>
          <xsl:if test="not(r:totals/r:count[@kind = 'fail' or @kind = 'error' or @kind = 'inconclusive' or @kind = 'guard-refused'][@cases != 0])">
            <p><xsl:value-of select="es:word('report_no_failures')"/></p>
          </xsl:if>
          <xsl:processing-instruction name="esitesti-cases">unresolved failure</xsl:processing-instruction>
        </section>
        <section aria-labelledby="cases">
          <h2 id="cases"><xsl:value-of select="es:word('report_h_cases')"/></h2>
          <div class="scroll">
            <table class="cases">
              <thead><tr>
                <th scope="col"><xsl:value-of select="es:word('report_result')"/></th>
                <th scope="col"><xsl:value-of select="es:word('report_case')"/></th>
                <th scope="col"><xsl:value-of select="es:word('report_what')"/></th>
                <th scope="col"><xsl:value-of select="es:word('report_documents')"/></th>
                <th scope="col"><xsl:value-of select="es:word('report_rests')"/></th>
                <th scope="col" class="number"><xsl:value-of select="es:word('report_time')"/></th>
              </tr></thead>
              <tbody><xsl:processing-instruction name="esitesti-cases">brief row</xsl:processing-instruction></tbody>
            </table>
          </div>
          <xsl:call-template name="legend"/>
        </section>
        <section aria-labelledby="details">
          <h2 id="details"><xsl:value-of select="es:word('report_h_details')"/></h2>
          <xsl:processing-instruction name="esitesti-cases">all case</xsl:processing-instruction>
        </section>
        <xsl:call-template name="environment"/>
        <xsl:call-template name="unchecked"/>
        <xsl:call-template name="seal"/>
        <xsl:call-template name="glossary"/>
      </main>
      <footer>
        <p><xsl:value-of select="es:word('report_footer')"/><xsl:text> </xsl:text><xsl:value-of select="r:run/@tool"/> · <xsl:value-of select="r:run/@id"/></p>
        <p><xsl:value-of select="es:word('report_not_kela')"/></p>
      </footer>
    </body>
  </html>
</xsl:template>

<xsl:template name="receiver">
  <xsl:choose>
    <xsl:when test="r:run/@answerer = 'target' and r:run/@url"><xsl:value-of select='es:word("report_target_named", concat("&apos;", r:run/@target, "&apos; (", r:run/@url, ")"))'/></xsl:when>
    <xsl:when test="r:run/@answerer = 'target'"><xsl:value-of select='es:word("report_target_named", concat("&apos;", r:run/@target, "&apos;"))'/></xsl:when>
    <xsl:otherwise><xsl:value-of select="es:word(concat('report_answerer_', r:run/@answerer))"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="title">
  <xsl:choose>
    <xsl:when test="/r:page/r:run/@purpose = 'self-test'"><xsl:value-of select="es:word('report_title_self')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="es:word('report_title')"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="verdict">
  <xsl:variable name="tone">
    <xsl:choose>
      <xsl:when test="r:run/@exit = 0 and r:totals/@planned != 0">pass</xsl:when>
      <xsl:when test="r:run/@exit = 1">fail</xsl:when>
      <xsl:when test="r:run/@exit = 4">inconclusive</xsl:when>
      <xsl:when test="r:run/@exit = 5">guard-refused</xsl:when>
      <xsl:when test="r:run/@exit = 7 or r:totals/@planned = 0">manual</xsl:when>
      <xsl:otherwise>error</xsl:otherwise>
    </xsl:choose>
  </xsl:variable>
  <section class="verdict {$tone}" aria-label="{es:word('report_result')}">
    <p class="headline"><xsl:call-template name="icon"><xsl:with-param name="kind" select="$tone"/></xsl:call-template>
      <xsl:apply-templates select="r:summary/r:headline" mode="say"/></p>
    <p class="basis"><xsl:apply-templates select="r:summary/r:basis" mode="say"/>.</p>
    <xsl:call-template name="basis-bar"/>
    <p class="small"><xsl:apply-templates select="r:summary/r:counts" mode="say"/>.
      <xsl:apply-templates select="r:summary/r:vendor" mode="say"/>.</p>
  </section>
  <xsl:for-each select="r:summary/r:banner">
    <p class="banner"><xsl:if test="starts-with(@word, 'report_seal') or starts-with(@word, 'report_runs') or starts-with(@word, 'report_shards') or starts-with(@word, 'report_tools') or starts-with(@word, 'report_systems') or starts-with(@word, 'report_inter') or starts-with(@word, 'report_file') or starts-with(@word, 'report_input')"><xsl:attribute name="class">banner warning</xsl:attribute><span class="icon" aria-hidden="true">! </span></xsl:if>
      <xsl:apply-templates select="." mode="say"/></p>
  </xsl:for-each>
  <table class="counts">
    <thead><tr>
      <th scope="col"><xsl:value-of select="es:word('report_result')"/></th>
      <th scope="col" class="number"><xsl:value-of select="es:word('report_in_cases')"/></th>
      <th scope="col" class="number"><xsl:value-of select="es:word('report_in_expectations')"/></th>
      <th scope="col"><span class="quiet"><xsl:value-of select="es:word('report_meaning_of')"/></span></th>
    </tr></thead>
    <tbody>
      <xsl:for-each select="r:totals/r:count[@cases != 0 or @expectations != 0]">
        <tr>
          <th scope="row"><xsl:call-template name="chip"/></th>
          <td class="number" data-label="{es:word('report_in_cases')}"><xsl:value-of select="@cases"/></td>
          <td class="number" data-label="{es:word('report_in_expectations')}"><xsl:value-of select="@expectations"/></td>
          <td class="quiet"><xsl:value-of select="es:word(concat('report_means_', @kind))"/></td>
        </tr>
      </xsl:for-each>
    </tbody>
  </table>
</xsl:template>

<!-- How much of what passed is certain: a picture of the sentence above it. -->
<xsl:template name="basis-bar">
  <xsl:variable name="t" select="r:totals"/>
  <xsl:variable name="all" select="$t/@passed-on-facts + $t/@passed-on-inference + $t/@passed-on-guesses"/>
  <xsl:if test="$all != 0">
    <div class="bar" aria-hidden="true">
      <xsl:call-template name="segment"><xsl:with-param name="mark" select="'F'"/><xsl:with-param name="n" select="$t/@passed-on-facts"/><xsl:with-param name="all" select="$all"/></xsl:call-template>
      <xsl:call-template name="segment"><xsl:with-param name="mark" select="'I'"/><xsl:with-param name="n" select="$t/@passed-on-inference"/><xsl:with-param name="all" select="$all"/></xsl:call-template>
      <xsl:call-template name="segment"><xsl:with-param name="mark" select="'U'"/><xsl:with-param name="n" select="$t/@passed-on-guesses"/><xsl:with-param name="all" select="$all"/></xsl:call-template>
    </div>
  </xsl:if>
</xsl:template>

<xsl:template name="segment">
  <xsl:param name="mark"/><xsl:param name="n"/><xsl:param name="all"/>
  <xsl:if test="$n != 0">
    <span class="mark-{$mark}" style="flex-grow:{$n}"><xsl:value-of select="$n"/><xsl:text> </xsl:text><xsl:value-of select="es:word(concat('report_mark_', $mark))"/></span>
  </xsl:if>
</xsl:template>

<xsl:template name="contents">
  <nav aria-label="{es:word('report_h_contents')}">
    <ul>
      <li><a href="#failures"><xsl:value-of select="es:word('report_h_failures')"/></a></li>
      <li><a href="#cases"><xsl:value-of select="es:word('report_h_cases')"/></a></li>
      <li><a href="#details"><xsl:value-of select="es:word('report_h_details')"/></a></li>
      <li><a href="#environment"><xsl:value-of select="es:word('report_h_environment')"/></a></li>
      <li><a href="#unchecked"><xsl:value-of select="es:word('report_h_unchecked')"/></a></li>
      <li><a href="#seal"><xsl:value-of select="es:word('report_h_seal')"/></a></li>
      <li><a href="#glossary"><xsl:value-of select="es:word('report_h_glossary')"/></a></li>
    </ul>
  </nav>
</xsl:template>

<xsl:template name="legend">
  <dl class="legend">
    <xsl:call-template name="legend-row"><xsl:with-param name="mark" select="'F'"/></xsl:call-template>
    <xsl:call-template name="legend-row"><xsl:with-param name="mark" select="'I'"/></xsl:call-template>
    <xsl:call-template name="legend-row"><xsl:with-param name="mark" select="'U'"/></xsl:call-template>
  </dl>
</xsl:template>

<xsl:template name="legend-row">
  <xsl:param name="mark"/>
  <div><dt><xsl:call-template name="mark"><xsl:with-param name="mark" select="$mark"/></xsl:call-template></dt>
    <dd><xsl:value-of select="es:word(concat('report_mark_means_', $mark))"/></dd></div>
</xsl:template>

<!-- ================================================== Environment -->

<xsl:template name="environment">
  <section aria-labelledby="environment">
    <h2 id="environment"><xsl:value-of select="es:word('report_h_environment')"/></h2>
    <dl class="facts">
      <dt><xsl:value-of select="es:word('report_system')"/></dt>
      <dd><xsl:choose>
        <xsl:when test="r:run/@system"><xsl:value-of select="r:run/@system"/><xsl:text> </xsl:text><xsl:value-of select="r:run/@system-version"/><xsl:if test="r:run/@system-class">, <xsl:value-of select="es:word('report_class', r:run/@system-class)"/></xsl:if></xsl:when>
        <xsl:otherwise><xsl:value-of select="es:word('report_no_system')"/></xsl:otherwise>
      </xsl:choose></dd>
      <xsl:if test="r:run/@tester"><dt><xsl:value-of select="es:word('report_tester')"/></dt><dd><xsl:value-of select="r:run/@tester"/></dd></xsl:if>
      <dt><xsl:value-of select="es:word('report_target')"/></dt>
      <dd><code><xsl:value-of select="r:run/@target"/></code> · <xsl:value-of select="es:word(concat('report_answerer_', r:run/@answerer))"/></dd>
      <xsl:if test="r:run/@url"><dt><xsl:value-of select="es:word('report_url')"/></dt><dd><code><xsl:value-of select="r:run/@url"/></code></dd></xsl:if>
      <dt><xsl:value-of select="es:word('report_dialect')"/></dt>
      <dd><code><xsl:value-of select="r:run/@dialect"/></code>
        <xsl:for-each select="r:environment/r:dialect">: <xsl:value-of select="es:word('report_dialect_counts', @certain, @inferred, @guessed)"/></xsl:for-each></dd>
      <dt><xsl:value-of select="es:word('report_started')"/></dt>
      <dd><xsl:call-template name="moment"><xsl:with-param name="at" select="r:run/@started"/></xsl:call-template></dd>
      <dt><xsl:value-of select="es:word('report_ended')"/></dt>
      <dd><xsl:call-template name="moment"><xsl:with-param name="at" select="r:run/@ended"/></xsl:call-template></dd>
      <dt><xsl:value-of select="es:word('report_tool')"/></dt><dd><xsl:value-of select="r:run/@tool"/></dd>
      <dt><xsl:value-of select="es:word('report_run_id')"/></dt><dd><code><xsl:value-of select="r:run/@id"/></code></dd>
      <xsl:if test="r:run/@plan-digest"><dt><xsl:value-of select="es:word('report_plan')"/></dt><dd><code><xsl:value-of select="r:run/@plan-digest"/></code></dd></xsl:if>
    </dl>
    <xsl:if test="r:environment/r:part">
      <h3><xsl:value-of select="es:word('report_h_runs')"/></h3>
      <div class="scroll">
        <table class="fine runs">
          <thead><tr>
            <th scope="col"><xsl:value-of select="es:word('report_run_no')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_folder')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_shard')"/></th>
            <th scope="col" class="number"><xsl:value-of select="es:word('report_in_cases')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_started')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_seal')"/></th>
          </tr></thead>
          <tbody>
            <xsl:for-each select="r:environment/r:part">
              <tr>
                <th scope="row"><xsl:value-of select="@run"/></th>
                <td data-label="{es:word('report_folder')}"><code><xsl:value-of select="@folder"/></code><div class="quiet"><code><xsl:value-of select="@id"/></code> · <xsl:value-of select="@tool"/><xsl:if test="@tester"> · <xsl:value-of select="@tester"/></xsl:if></div></td>
                <td data-label="{es:word('report_shard')}"><xsl:choose>
                  <xsl:when test="@shards = 1">–</xsl:when>
                  <xsl:otherwise><xsl:value-of select="@shard"/>/<xsl:value-of select="@shards"/></xsl:otherwise>
                </xsl:choose><xsl:if test="r:said"><div class="quiet"><xsl:value-of select="r:said/r:arg[@name = 'from']"/></div></xsl:if></td>
                <td class="number" data-label="{es:word('report_in_cases')}"><xsl:value-of select="@cases"/></td>
                <td data-label="{es:word('report_started')}"><xsl:call-template name="moment"><xsl:with-param name="at" select="@started"/></xsl:call-template></td>
                <td data-label="{es:word('report_seal')}"><xsl:value-of select="es:word(concat('report_seal_is_', @seal))"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </xsl:if>
    <xsl:if test="r:environment/r:connection">
      <div class="scroll">
        <table class="connections">
          <thead><tr>
            <th scope="col"><xsl:value-of select="es:word('report_tls')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_server_subject')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_server_until')"/></th>
            <th scope="col"><xsl:value-of select="es:word('report_client_subject')"/></th>
            <th scope="col" class="number"><xsl:value-of select="es:word('report_exchanges')"/></th>
          </tr></thead>
          <tbody>
            <xsl:for-each select="r:environment/r:connection">
              <tr>
                <td data-label="{es:word('report_tls')}"><xsl:value-of select="@tls"/><br/><code><xsl:value-of select="@cipher"/></code></td>
                <td data-label="{es:word('report_server_subject')}"><xsl:value-of select="@subject"/>
                  <xsl:if test="@issuer"><div class="quiet"><xsl:value-of select="es:word('report_server_issuer')"/>: <xsl:value-of select="@issuer"/></div></xsl:if></td>
                <td data-label="{es:word('report_server_until')}"><xsl:call-template name="day"><xsl:with-param name="at" select="@valid-until"/></xsl:call-template></td>
                <td data-label="{es:word('report_client_subject')}"><xsl:value-of select="@own-subject"/><xsl:if test="not(@own-subject)">–</xsl:if></td>
                <td class="number" data-label="{es:word('report_exchanges')}"><xsl:value-of select="@exchanges"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </xsl:if>
    <h3><xsl:value-of select="es:word('report_h_dialect')"/></h3>
    <xsl:choose>
      <xsl:when test="r:environment/r:dialect/r:guess">
        <p><xsl:value-of select="es:word('report_dialect_intro')"/></p>
        <div class="scroll">
          <table class="fine">
            <thead><tr>
              <th scope="col"><xsl:value-of select="es:word('report_key')"/></th>
              <th scope="col"><xsl:value-of select="es:word('report_value')"/></th>
              <th scope="col"><xsl:value-of select="es:word('report_meaning_of')"/></th>
            </tr></thead>
            <tbody>
              <xsl:for-each select="r:environment/r:dialect/r:guess">
                <tr>
                  <th scope="row"><code><xsl:value-of select="@key"/></code></th>
                  <td data-label="{es:word('report_value')}"><xsl:choose>
                    <xsl:when test=". != ''"><code><xsl:value-of select="."/></code></xsl:when>
                    <xsl:otherwise><span class="quiet"><xsl:value-of select="es:word('report_left_out')"/></span></xsl:otherwise>
                  </xsl:choose></td>
                  <td class="quiet"><xsl:value-of select="@*[local-name() = concat('meaning-', $lang)]"/></td>
                </tr>
              </xsl:for-each>
            </tbody>
          </table>
        </div>
      </xsl:when>
      <xsl:otherwise><p><xsl:value-of select="es:word('report_dialect_none')"/></p></xsl:otherwise>
    </xsl:choose>
  </section>
</xsl:template>

<!-- ================================================== Unchecked, seal, glossary -->

<xsl:template name="unchecked">
  <section aria-labelledby="unchecked">
    <h2 id="unchecked"><xsl:value-of select="es:word('report_h_unchecked')"/></h2>
    <table>
      <thead><tr>
        <th scope="col"><xsl:value-of select="es:word('report_unchecked_what')"/></th>
        <th scope="col"><xsl:value-of select="es:word('report_unchecked_why')"/></th>
      </tr></thead>
      <tbody>
        <xsl:for-each select="r:unchecked">
          <tr><th scope="row"><xsl:apply-templates select="r:what" mode="say"/></th>
            <td><xsl:apply-templates select="r:why" mode="say"/></td></tr>
        </xsl:for-each>
      </tbody>
    </table>
  </section>
</xsl:template>

<xsl:template name="seal">
  <section aria-labelledby="seal">
    <h2 id="seal"><xsl:value-of select="es:word('report_h_seal')"/></h2>
    <p><strong><xsl:value-of select="es:word(concat('report_seal_is_', r:run/@seal))"/></strong><xsl:text> </xsl:text><xsl:value-of select="es:word('report_seal_text')"/></p>
    <xsl:for-each select="r:summary/r:banner[starts-with(@word, 'report_file')]">
      <p class="banner warning"><span class="icon" aria-hidden="true">! </span><xsl:apply-templates select="." mode="say"/></p>
    </xsl:for-each>
    <p><xsl:value-of select="es:word('report_seal_check')"/></p>
    <pre><code>esitesti report --rejudge <xsl:choose>
      <xsl:when test="r:environment/r:part"><xsl:for-each select="r:environment/r:part"><xsl:if test="position() != 1"><xsl:text> </xsl:text></xsl:if><xsl:value-of select="@folder"/></xsl:for-each></xsl:when>
      <xsl:otherwise>.</xsl:otherwise>
    </xsl:choose></code></pre>
  </section>
</xsl:template>

<xsl:template name="glossary">
  <section aria-labelledby="glossary">
    <h2 id="glossary"><xsl:value-of select="es:word('report_h_glossary')"/></h2>
    <dl class="glossary">
      <xsl:call-template name="term"><xsl:with-param name="id" select="'guess'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'guard'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'self'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'mock'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'ack'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'mtls'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'dialect'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'expectation'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'oid'"/></xsl:call-template>
      <xsl:call-template name="term"><xsl:with-param name="id" select="'joint'"/></xsl:call-template>
    </dl>
  </section>
</xsl:template>

<xsl:template name="term">
  <xsl:param name="id"/>
  <dt><xsl:value-of select="es:word(concat('report_gl_', $id))"/></dt>
  <dd><xsl:value-of select="es:word(concat('report_gl_', $id, '_text'))"/></dd>
</xsl:template>

<!-- ================================================== A case in three forms -->

<xsl:template match="r:case" mode="row">
  <tr>
    <td><xsl:call-template name="chip"/></td>
    <th scope="row"><a><xsl:attribute name="href">#<xsl:call-template name="anchor"/></xsl:attribute><xsl:call-template name="case-title"/></a><br/><code><xsl:value-of select="@id"/></code><xsl:call-template name="which-run"/></th>
    <td lang="fi"><xsl:value-of select="@content"/><xsl:if test="@service"><div class="quiet"><xsl:value-of select="@service"/></div></xsl:if></td>
    <td data-label="{es:word('report_documents')}"><xsl:value-of select="es:word(concat('report_maker_', @maker))"/></td>
    <td data-label="{es:word('report_rests')}"><xsl:call-template name="mark"><xsl:with-param name="mark" select="@mark"/></xsl:call-template></td>
    <td class="number" data-label="{es:word('report_time')}"><xsl:call-template name="duration"/></td>
  </tr>
</xsl:template>

<xsl:template match="r:case" mode="failure">
  <xsl:variable name="bad" select="r:step/r:expect[@kind = 'fail' or @kind = 'error' or @kind = 'inconclusive' or @kind = 'guard-refused']"/>
  <xsl:if test="$bad or @kind = 'fail' or @kind = 'error' or @kind = 'inconclusive' or @kind = 'guard-refused'">
    <article class="failure">
      <h3><xsl:call-template name="case-title"/><xsl:text> </xsl:text><a class="id"><xsl:attribute name="href">#<xsl:call-template name="anchor"/></xsl:attribute><code><xsl:value-of select="@id"/></code></a><xsl:call-template name="which-run"/></h3>
      <xsl:for-each select="$bad">
        <div class="finding {@kind}">
          <h4><xsl:call-template name="chip"/><xsl:text> </xsl:text><xsl:call-template name="says"/></h4>
          <xsl:call-template name="finding"/>
        </div>
      </xsl:for-each>
      <xsl:if test="not($bad)">
        <p><xsl:call-template name="chip"/><xsl:text> </xsl:text><xsl:value-of select="es:word('report_unjudged')"/></p>
        <xsl:for-each select="r:step/r:remark"><p><xsl:apply-templates select="." mode="say"/></p></xsl:for-each>
      </xsl:if>
    </article>
  </xsl:if>
</xsl:template>

<!-- Place, expected, found, cause, rule, next step of an r:expect. -->
<xsl:template name="finding">
  <dl class="facts">
    <dt><xsl:value-of select="es:word('report_place')"/></dt>
    <dd><xsl:value-of select="es:word('report_step')"/><xsl:text> </xsl:text><code><xsl:value-of select="../@id"/></code>
      <xsl:if test="@exchange">, <xsl:value-of select="es:word('report_message_no')"/><xsl:text> </xsl:text><xsl:value-of select="format-number(@exchange, '0000')"/></xsl:if>
      <xsl:if test="@where">: <code><xsl:value-of select="@where"/></code></xsl:if></dd>
    <xsl:call-template name="fact"><xsl:with-param name="label" select="'report_expected'"/><xsl:with-param name="note" select="r:expected"/></xsl:call-template>
    <xsl:call-template name="fact"><xsl:with-param name="label" select="'report_found'"/><xsl:with-param name="note" select="r:found"/></xsl:call-template>
    <xsl:call-template name="fact"><xsl:with-param name="label" select="'report_cause'"/><xsl:with-param name="note" select="r:cause"/></xsl:call-template>
    <xsl:if test="@rule"><dt><xsl:value-of select="es:word('report_rule')"/></dt><dd><xsl:value-of select="@rule"/></dd></xsl:if>
    <xsl:if test="r:next"><dt class="next"><xsl:value-of select="es:word('report_next')"/></dt><dd class="next"><xsl:apply-templates select="r:next" mode="say"/></dd></xsl:if>
  </dl>
</xsl:template>

<xsl:template name="fact">
  <xsl:param name="label"/><xsl:param name="note"/>
  <xsl:if test="$note"><dt><xsl:value-of select="es:word($label)"/></dt><dd><xsl:apply-templates select="$note" mode="say"/></dd></xsl:if>
</xsl:template>

<xsl:template match="r:case" mode="case">
  <article class="case"><xsl:attribute name="id"><xsl:call-template name="anchor"/></xsl:attribute>
    <h3><xsl:call-template name="chip"/><xsl:text> </xsl:text><xsl:call-template name="case-title"/></h3>
    <p class="meta"><code><xsl:value-of select="@id"/></code><xsl:call-template name="which-run"/>
      <xsl:if test="@service"> · <span lang="fi"><xsl:value-of select="@service"/></span></xsl:if>
      <xsl:if test="@content"> · <span lang="fi"><xsl:value-of select="@content"/></span></xsl:if>
      <xsl:if test="@where = 'mock'"> · <xsl:value-of select="es:word('report_where_mock')"/></xsl:if>
      <xsl:text> · </xsl:text><xsl:value-of select="es:word('report_documents')"/>: <xsl:value-of select="es:word(concat('report_maker_', @maker))"/></p>
    <xsl:if test="r:purpose"><p><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:purpose"/></xsl:call-template></p></xsl:if>
    <xsl:choose>
      <xsl:when test="r:rests-on and @kind = 'pass'">
        <details><summary><xsl:value-of select="es:word('report_h_rests')"/> (<xsl:value-of select="count(r:rests-on)"/>)</summary><xsl:call-template name="rests"/></details>
      </xsl:when>
      <xsl:when test="r:rests-on"><xsl:call-template name="rests"/></xsl:when>
    </xsl:choose>
    <xsl:call-template name="sequence"/>
    <xsl:apply-templates select="r:step"/>
    <!-- Values of the dialect stand in its own section. -->
    <xsl:variable name="kept" select="r:kept[not(starts-with(@name, 'dialect.'))]"/>
    <xsl:if test="$kept">
      <details><summary><xsl:value-of select="es:word('report_kept')"/> (<xsl:value-of select="count($kept)"/>)</summary>
        <dl class="facts"><xsl:for-each select="$kept"><dt><code><xsl:value-of select="@name"/></code></dt><dd><code><xsl:value-of select="."/></code></dd></xsl:for-each></dl>
      </details>
    </xsl:if>
  </article>
</xsl:template>

<xsl:template name="rests">
  <ul class="rests" aria-label="{es:word('report_h_rests')}">
    <xsl:for-each select="r:rests-on">
      <li><xsl:call-template name="mark"><xsl:with-param name="mark" select="@mark"/></xsl:call-template>
        <xsl:text> </xsl:text><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:text"/></xsl:call-template>
        <span class="quiet"> (<xsl:value-of select="es:word('report_fact')"/><xsl:text> </xsl:text><xsl:value-of select="@fact"/>)</span></li>
    </xsl:for-each>
  </ul>
</xsl:template>

<!-- ================================================== The sequence of a case

  A picture in SVG: who takes part, each message as an arrow with what came back
  below it, in the order of the steps. Its height follows from the number of
  rows; nothing is measured, so names are cut by their number of letters. -->

<xsl:variable name="seq-rows" select="40"/>
<xsl:variable name="seq-row" select="48"/>
<xsl:variable name="seq-top" select="48"/>
<xsl:variable name="seq-left" select="150"/>
<xsl:variable name="seq-right" select="640"/>

<xsl:template name="sequence">
  <xsl:variable name="rows" select="r:step/r:exchange | r:step[@verb][not(r:exchange)]"/>
  <xsl:variable name="count" select="count($rows)"/>
  <xsl:variable name="more" select="$count - $seq-rows"/>
  <xsl:variable name="shown"><xsl:choose>
    <xsl:when test="$count &lt; $seq-rows + 1"><xsl:value-of select="$count"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$seq-rows"/></xsl:otherwise>
  </xsl:choose></xsl:variable>
  <xsl:if test="r:step/r:exchange or r:step[@verb = 'manual']">
    <xsl:variable name="anchor"><xsl:call-template name="anchor"/></xsl:variable>
    <xsl:variable name="end" select="$seq-top + $shown * $seq-row + 12"/>
    <xsl:variable name="height"><xsl:choose>
      <xsl:when test="$count = $shown"><xsl:value-of select="$end + 4"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$end + 24"/></xsl:otherwise>
    </xsl:choose></xsl:variable>
    <div class="sequence scroll">
      <svg viewBox="0 0 780 {$height}" role="img" aria-labelledby="{$anchor}-t {$anchor}-d">
        <title id="{$anchor}-t"><xsl:value-of select="es:word('report_sequence')"/>: <xsl:call-template name="case-title"/></title>
        <desc id="{$anchor}-d"><xsl:for-each select="$rows[position() &lt; $seq-rows + 1]">
          <xsl:if test="position() != 1">; </xsl:if><xsl:call-template name="seq-said"/></xsl:for-each>
          <xsl:if test="$count != $shown">; <xsl:value-of select="es:word('report_sequence_more', $more)"/></xsl:if>.</desc>
        <xsl:call-template name="seq-who"><xsl:with-param name="x" select="$seq-left"/><xsl:with-param name="end" select="$end"/><xsl:with-param name="name"><xsl:call-template name="seq-sender"/></xsl:with-param></xsl:call-template>
        <xsl:call-template name="seq-who"><xsl:with-param name="x" select="$seq-right"/><xsl:with-param name="end" select="$end"/><xsl:with-param name="name"><xsl:call-template name="seq-receiver"/></xsl:with-param></xsl:call-template>
        <xsl:for-each select="$rows[position() &lt; $seq-rows + 1]">
          <xsl:variable name="y" select="$seq-top + (position() - 1) * $seq-row"/>
          <xsl:choose>
            <xsl:when test="self::r:exchange"><xsl:call-template name="seq-exchange"><xsl:with-param name="y" select="$y"/></xsl:call-template></xsl:when>
            <xsl:otherwise><xsl:call-template name="seq-silent"><xsl:with-param name="y" select="$y"/></xsl:call-template></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
        <xsl:if test="$count != $shown"><text class="seq-more" x="395" y="{$end + 14}" text-anchor="middle"><xsl:value-of select="es:word('report_sequence_more', $more)"/></text></xsl:if>
      </svg>
    </div>
  </xsl:if>
</xsl:template>

<xsl:template name="seq-sender">
  <xsl:choose>
    <xsl:when test="r:step/r:exchange[@way != 'sent']"><xsl:value-of select="r:step/r:exchange[@way != 'sent'][1]/@initiator"/></xsl:when>
    <xsl:otherwise>esitesti</xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- Something that answered, else what was meant to. -->
<xsl:template name="seq-receiver">
  <xsl:variable name="x" select="(r:step/r:exchange[@answerer != 'none'])[1]"/>
  <xsl:choose>
    <xsl:when test="$x/@answerer = 'target'"><xsl:value-of select="$x/@responder"/></xsl:when>
    <xsl:when test="$x"><xsl:value-of select="es:word(concat('report_answerer_', $x/@answerer))"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="es:word('report_receiver')"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="seq-who">
  <xsl:param name="x"/><xsl:param name="end"/><xsl:param name="name"/>
  <line class="seq-life" x1="{$x}" y1="34" x2="{$x}" y2="{$end}"/>
  <rect class="seq-box" x="{$x - 130}" y="6" width="260" height="28" rx="4"/>
  <text class="seq-name" x="{$x}" y="25" text-anchor="middle"><xsl:call-template name="cut"><xsl:with-param name="text" select="$name"/><xsl:with-param name="most" select="34"/></xsl:call-template></text>
</xsl:template>

<!-- The worst of what was judged by an exchange, or in a step without one. -->
<xsl:template name="seq-kind">
  <xsl:variable name="seq" select="@seq"/>
  <xsl:variable name="e" select="self::r:step/r:expect | ../r:expect[$seq and @exchange = $seq]"/>
  <xsl:choose>
    <xsl:when test="$e[@kind = 'error']">error</xsl:when>
    <xsl:when test="$e[@kind = 'fail']">fail</xsl:when>
    <xsl:when test="$e[@kind = 'guard-refused']">guard-refused</xsl:when>
    <xsl:when test="$e[@kind = 'inconclusive']">inconclusive</xsl:when>
    <xsl:when test="$e[@kind = 'manual']">manual</xsl:when>
    <xsl:when test="$e[@kind = 'pass']">pass</xsl:when>
    <xsl:when test="$e"><xsl:value-of select="$e[1]/@kind"/></xsl:when>
    <xsl:when test="@verb = 'manual'">manual</xsl:when>
    <xsl:when test="self::r:step">skip</xsl:when>
    <xsl:otherwise>none</xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="seq-message">
  <xsl:value-of select="format-number(@seq, '0000')"/><xsl:text> </xsl:text><xsl:value-of select="es:word(concat('report_message_', @message))"/>
  <xsl:if test="@attempt != 1"> · <xsl:value-of select="es:word('report_attempt')"/><xsl:text> </xsl:text><xsl:value-of select="@attempt"/></xsl:if>
  <xsl:if test="@duration-ms"> · <xsl:call-template name="duration-text"/></xsl:if>
</xsl:template>

<xsl:template name="seq-outcome">
  <xsl:param name="kind"/>
  <!-- On the answer's arrow 'passed' would read as accepted, also where the
       expectation was a refusal. -->
  <xsl:choose>
    <xsl:when test="$kind = 'pass'"><xsl:value-of select="es:word('report_means_pass')"/> · </xsl:when>
    <xsl:when test="$kind != 'none'"><xsl:value-of select="es:word(concat('report_kind_', $kind))"/> · </xsl:when>
  </xsl:choose>
  <xsl:value-of select="es:word(concat('report_ending_', @ending))"/>
  <xsl:if test="@http-status"> · HTTP <xsl:value-of select="@http-status"/></xsl:if>
  <xsl:if test="@alert"> · <xsl:value-of select="es:word('report_alert')"/><xsl:text> </xsl:text><xsl:value-of select="@alert"/></xsl:if>
</xsl:template>

<!-- The same in a sentence, for who does not see the picture. -->
<xsl:template name="seq-said">
  <xsl:variable name="kind"><xsl:call-template name="seq-kind"/></xsl:variable>
  <xsl:choose>
    <xsl:when test="self::r:exchange"><xsl:call-template name="seq-message"/>: <xsl:call-template name="seq-outcome"><xsl:with-param name="kind" select="$kind"/></xsl:call-template></xsl:when>
    <xsl:otherwise><xsl:value-of select="es:word('report_step')"/><xsl:text> </xsl:text><xsl:value-of select="@id"/>: <xsl:value-of select="es:word(concat('report_kind_', $kind))"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="seq-step">
  <xsl:param name="y"/><xsl:param name="id"/>
  <text class="seq-step" x="8" y="{$y + 20}"><xsl:call-template name="cut"><xsl:with-param name="text" select="$id"/><xsl:with-param name="most" select="20"/></xsl:call-template></text>
</xsl:template>

<xsl:template name="seq-arrow">
  <xsl:param name="from"/><xsl:param name="to"/><xsl:param name="y"/><xsl:param name="class"/>
  <xsl:variable name="back"><xsl:choose><xsl:when test="$to &lt; $from">9</xsl:when><xsl:otherwise>-9</xsl:otherwise></xsl:choose></xsl:variable>
  <line class="{$class}" x1="{$from}" y1="{$y}" x2="{$to + $back}" y2="{$y}"/>
  <path class="seq-head" d="M{$to} {$y}l{$back} -4.5v9z"/>
</xsl:template>

<xsl:template name="seq-exchange">
  <xsl:param name="y"/>
  <xsl:variable name="kind"><xsl:call-template name="seq-kind"/></xsl:variable>
  <xsl:variable name="own" select="@way = 'sent'"/>
  <xsl:variable name="from" select="$seq-left"/>
  <xsl:variable name="to" select="$seq-right"/>
  <xsl:if test="not(preceding-sibling::r:exchange)"><xsl:call-template name="seq-step"><xsl:with-param name="y" select="$y"/><xsl:with-param name="id" select="../@id"/></xsl:call-template></xsl:if>
  <g class="seq-{$kind}">
    <text x="{$from + 12}" y="{$y + 14}"><xsl:call-template name="cut">
      <xsl:with-param name="text"><xsl:call-template name="seq-message"/></xsl:with-param><xsl:with-param name="most" select="60"/></xsl:call-template></text>
    <xsl:choose>
      <xsl:when test="@ending = 'guard-refused'">
        <line class="seq-line" x1="{$from}" y1="{$y + 20}" x2="{$from + 110}" y2="{$y + 20}"/>
        <rect class="seq-head" x="{$from + 110}" y="{$y + 11}" width="6" height="18"/>
      </xsl:when>
      <xsl:when test="@ending = 'unreachable' or @ending = 'tls-failed' or @ending = 'tls-distrust'">
        <line class="seq-line" x1="{$from}" y1="{$y + 20}" x2="{$to - 90}" y2="{$y + 20}"/>
        <path class="seq-cross" d="M{$to - 90} {$y + 14}l12 12m0 -12l-12 12"/>
      </xsl:when>
      <xsl:otherwise>
        <xsl:call-template name="seq-arrow"><xsl:with-param name="from" select="$from"/><xsl:with-param name="to" select="$to"/><xsl:with-param name="y" select="$y + 20"/><xsl:with-param name="class" select="'seq-line'"/></xsl:call-template>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:choose>
      <xsl:when test="@ending = 'answered' or @ending = 'unreadable' or @ending = 'tls-refused'">
        <xsl:call-template name="seq-arrow"><xsl:with-param name="from" select="$to"/><xsl:with-param name="to" select="$from"/><xsl:with-param name="y" select="$y + 40"/><xsl:with-param name="class" select="'seq-line seq-back'"/></xsl:call-template>
      </xsl:when>
      <xsl:when test="@ending = 'lost' or @ending = 'timeout'">
        <line class="seq-line seq-back" x1="{$to}" y1="{$y + 40}" x2="{$from + 26}" y2="{$y + 40}"/>
        <path class="seq-cross" d="M{$from + 14} {$y + 34}l12 12m0 -12l-12 12"/>
      </xsl:when>
    </xsl:choose>
    <text class="seq-out" x="{$to - 12}" y="{$y + 34}" text-anchor="end"><xsl:if test="@ending = 'guard-refused'"><xsl:attribute name="x"><xsl:value-of select="$from + 128"/></xsl:attribute><xsl:attribute name="y"><xsl:value-of select="$y + 24"/></xsl:attribute><xsl:attribute name="text-anchor">start</xsl:attribute></xsl:if>
      <xsl:variable name="sign"><xsl:call-template name="sign"><xsl:with-param name="kind" select="$kind"/></xsl:call-template></xsl:variable>
      <xsl:value-of select="$sign"/><xsl:if test="$sign != ''"><xsl:text> </xsl:text></xsl:if>
      <xsl:call-template name="cut">
        <xsl:with-param name="text"><xsl:call-template name="seq-outcome"><xsl:with-param name="kind" select="$kind"/></xsl:call-template></xsl:with-param>
        <xsl:with-param name="most" select="66"/></xsl:call-template></text>
  </g>
</xsl:template>

<!-- A step without a message: a person's, or one that was not reached. -->
<xsl:template name="seq-silent">
  <xsl:param name="y"/>
  <xsl:variable name="kind"><xsl:call-template name="seq-kind"/></xsl:variable>
  <xsl:call-template name="seq-step"><xsl:with-param name="y" select="$y"/><xsl:with-param name="id" select="@id"/></xsl:call-template>
  <g class="seq-{$kind}">
    <rect class="seq-note" x="{$seq-left - 10}" y="{$y + 5}" width="510" height="30" rx="4"/>
    <text x="{$seq-left + 6}" y="{$y + 24}"><xsl:call-template name="sign"><xsl:with-param name="kind" select="$kind"/></xsl:call-template><xsl:text> </xsl:text><xsl:call-template name="cut">
      <xsl:with-param name="text"><xsl:value-of select="es:word(concat('report_kind_', $kind))"/><xsl:if test="@verb != 'send'"> · <xsl:value-of select="es:word(concat('report_verb_', @verb))"/></xsl:if><xsl:if test="r:title">: <xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:title"/></xsl:call-template></xsl:if></xsl:with-param><xsl:with-param name="most" select="60"/></xsl:call-template></text>
  </g>
</xsl:template>

<xsl:template match="r:step">
  <div class="step">
    <h4><xsl:value-of select="es:word('report_step')"/><xsl:text> </xsl:text><code><xsl:value-of select="@id"/></code>
      <xsl:if test="r:title"><xsl:text> </xsl:text><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:title"/></xsl:call-template></xsl:if>
      <xsl:if test="@verb and @verb != 'send'"> · <xsl:value-of select="es:word(concat('report_verb_', @verb))"/></xsl:if>
      <xsl:if test="@teardown"> · <xsl:value-of select="es:word('report_teardown')"/></xsl:if></h4>
    <xsl:if test="r:instruction"><p><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:instruction"/></xsl:call-template></p></xsl:if>
    <xsl:apply-templates select="r:exchange"/>
    <xsl:if test="r:expect">
      <table class="expectations">
        <thead class="away"><tr>
          <th scope="col"><xsl:value-of select="es:word('report_result')"/></th>
          <th scope="col"><xsl:value-of select="es:word('report_expectation')"/></th>
        </tr></thead>
        <tbody>
          <xsl:for-each select="r:expect">
            <tr>
              <td><xsl:call-template name="chip"/></td>
              <td><xsl:call-template name="says"/>
                <xsl:if test="r:found"><div class="quiet"><xsl:apply-templates select="r:found" mode="say"/></div></xsl:if>
                <xsl:if test="r:cause"><div class="quiet"><xsl:value-of select="es:word('report_cause')"/>: <xsl:apply-templates select="r:cause" mode="say"/></div></xsl:if></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </xsl:if>
    <xsl:for-each select="r:remark"><p class="remark"><strong><xsl:value-of select="es:word('report_remark')"/>:</strong><xsl:text> </xsl:text><xsl:apply-templates select="." mode="say"/></p></xsl:for-each>
  </div>
</xsl:template>

<xsl:template match="r:exchange">
  <div class="exchange">
    <p class="meta"><span class="seq"><xsl:value-of select="format-number(@seq, '0000')"/></span><xsl:text> </xsl:text>
      <xsl:value-of select="es:word(concat('report_message_', @message))"/>
      <xsl:if test="@attempt != 1"> · <xsl:value-of select="es:word('report_attempt')"/><xsl:text> </xsl:text><xsl:value-of select="@attempt"/></xsl:if>
      <xsl:text> · </xsl:text><xsl:value-of select="es:word(concat('report_ending_', @ending))"/>
      <xsl:if test="@http-status"> · HTTP <xsl:value-of select="@http-status"/></xsl:if>
      <xsl:if test="@alert"> · <xsl:value-of select="es:word('report_alert')"/><xsl:text> </xsl:text><xsl:value-of select="@alert"/></xsl:if>
      <xsl:if test="@duration-ms"> · <xsl:call-template name="duration"/></xsl:if>
      <xsl:if test="@maker != 'harness'"> · <xsl:value-of select="es:word(concat('report_maker_', @maker))"/></xsl:if>
      <xsl:if test="@document-oid"><br/><xsl:value-of select="es:word('report_document_oid')"/><xsl:text> </xsl:text><code><xsl:value-of select="@document-oid"/></code></xsl:if>
      <xsl:if test="@message-id"><br/><xsl:value-of select="es:word('report_message_id')"/><xsl:text> </xsl:text><code><xsl:value-of select="@message-id"/></code></xsl:if>
    </p>
    <xsl:for-each select="r:trouble"><p class="remark" lang="en"><code><xsl:value-of select="."/></code></p></xsl:for-each>
    <xsl:for-each select="r:remark"><p class="remark"><xsl:apply-templates select="." mode="say"/></p></xsl:for-each>
    <xsl:apply-templates select="r:excerpt"/>
    <xsl:if test="r:message">
      <p class="files"><xsl:value-of select="es:word('report_files')"/>:
        <xsl:for-each select="r:message">
          <xsl:if test="position() != 1"> · </xsl:if>
          <xsl:call-template name="side"/>
          <xsl:choose>
            <xsl:when test="@withheld"> (<xsl:value-of select="es:word('report_withheld')"/>)</xsl:when>
            <xsl:otherwise> <xsl:for-each select="r:file"><xsl:text> </xsl:text><a href="{/r:page/@link}messages/{@name}"><xsl:value-of select="es:word(concat('report_file_', @part))"/></a></xsl:for-each></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each></p>
    </xsl:if>
  </div>
</xsl:template>

<xsl:template match="r:excerpt">
  <xsl:choose>
    <xsl:when test="r:hidden"><p class="remark"><xsl:call-template name="side"/>: <xsl:apply-templates select="r:hidden" mode="say"/></p></xsl:when>
    <xsl:otherwise>
      <details>
        <summary><xsl:call-template name="side"/> · <xsl:value-of select="@bytes"/><xsl:text> </xsl:text><xsl:value-of select="es:word('report_bytes')"/></summary>
        <pre tabindex="0"><xsl:if test="r:head != ''"><span class="quiet"><xsl:value-of select="r:head"/></span><xsl:text>&#10;</xsl:text></xsl:if><xsl:value-of select="r:body"/></pre>
        <xsl:if test="@shown != @bytes"><p class="small"><xsl:value-of select="es:word('report_cut_at', @shown)"/></p></xsl:if>
      </details>
    </xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="side">
  <xsl:value-of select="es:word(concat('report_', @part))"/>
</xsl:template>

<!-- ================================================== Small things -->

<!-- Of several runs, a case may be in more than one. -->
<xsl:template name="anchor">case-<xsl:if test="@run"><xsl:value-of select="@run"/>-</xsl:if><xsl:value-of select="@id"/></xsl:template>

<xsl:template name="which-run">
  <xsl:if test="@run"> · <xsl:value-of select="es:word('report_run_no')"/><xsl:text> </xsl:text><xsl:value-of select="@run"/></xsl:if>
</xsl:template>

<xsl:template name="case-title">
  <xsl:choose>
    <xsl:when test="r:title"><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:title"/></xsl:call-template></xsl:when>
    <xsl:otherwise><xsl:value-of select="@id"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="says">
  <xsl:choose>
    <xsl:when test="r:says"><xsl:call-template name="in-language"><xsl:with-param name="texts" select="r:says"/></xsl:call-template></xsl:when>
    <xsl:otherwise><code><xsl:value-of select="@id"/></code></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- The text in the page's language, else whatever there is, marked as such. -->
<xsl:template name="in-language">
  <xsl:param name="texts"/>
  <xsl:choose>
    <xsl:when test="$texts[lang($lang)]"><xsl:value-of select="$texts[lang($lang)]"/></xsl:when>
    <xsl:otherwise><span lang="{$texts/@xml:lang}"><xsl:value-of select="$texts"/></span></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template match="*" mode="say">
  <xsl:value-of select="r:text[lang($lang)]"/>
</xsl:template>

<xsl:template name="icon">
  <xsl:param name="kind"/>
  <span class="icon" aria-hidden="true"><xsl:call-template name="sign"><xsl:with-param name="kind" select="$kind"/></xsl:call-template></span>
</xsl:template>

<xsl:template name="sign">
  <xsl:param name="kind"/>
  <xsl:choose>
    <xsl:when test="$kind = 'pass'">✓</xsl:when>
    <xsl:when test="$kind = 'fail'">✗</xsl:when>
    <xsl:when test="$kind = 'error'">!</xsl:when>
    <xsl:when test="$kind = 'inconclusive'">?</xsl:when>
    <xsl:when test="$kind = 'guard-refused'">■</xsl:when>
    <xsl:when test="$kind = 'manual'">✎</xsl:when>
    <xsl:when test="$kind = 'none'"/>
    <xsl:otherwise>–</xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- At most so many letters, the last then being … -->
<xsl:template name="cut">
  <xsl:param name="text"/><xsl:param name="most"/>
  <xsl:choose>
    <xsl:when test="string-length($text) &lt; $most + 1"><xsl:value-of select="$text"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="substring($text, 1, $most - 1)"/>…</xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- Sign and word of @kind: never colour alone. -->
<xsl:template name="chip">
  <span class="chip {@kind}"><xsl:call-template name="icon"><xsl:with-param name="kind" select="@kind"/></xsl:call-template>
    <xsl:value-of select="es:word(concat('report_kind_', @kind))"/></span>
</xsl:template>

<xsl:template name="mark">
  <xsl:param name="mark"/>
  <span class="mark mark-{$mark}"><xsl:value-of select="es:word(concat('report_mark_', $mark))"/></span>
</xsl:template>

<xsl:template name="duration">
  <span class="nowrap"><xsl:call-template name="duration-text"/></span>
</xsl:template>

<xsl:template name="duration-text">
  <xsl:variable name="n"><xsl:choose>
    <xsl:when test="@duration-ms &lt; 10000"><xsl:value-of select="format-number(@duration-ms div 1000, '0.000')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="format-number(@duration-ms div 1000, '0.0')"/></xsl:otherwise>
  </xsl:choose></xsl:variable>
  <xsl:choose>
    <xsl:when test="$fi"><xsl:value-of select="translate($n, '.', ',')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="$n"/></xsl:otherwise>
  </xsl:choose> s</xsl:template>

<!-- RFC 3339 → 21.11.2026 klo 18.22.03 UTC, or 2026-11-21 18:22:03 UTC -->
<xsl:template name="moment">
  <xsl:param name="at"/>
  <xsl:variable name="clock" select="substring($at, 12, 8)"/>
  <time datetime="{$at}" class="nowrap">
    <xsl:call-template name="day"><xsl:with-param name="at" select="$at"/></xsl:call-template>
    <xsl:choose>
      <xsl:when test="$fi"> klo <xsl:value-of select="translate($clock, ':', '.')"/></xsl:when>
      <xsl:otherwise><xsl:text> </xsl:text><xsl:value-of select="$clock"/></xsl:otherwise>
    </xsl:choose> UTC</time>
</xsl:template>

<xsl:template name="day">
  <xsl:param name="at"/>
  <xsl:choose>
    <xsl:when test="not($at)">–</xsl:when>
    <xsl:when test="$fi"><xsl:value-of select="number(substring($at, 9, 2))"/>.<xsl:value-of select="number(substring($at, 6, 2))"/>.<xsl:value-of select="substring($at, 1, 4)"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="substring($at, 1, 10)"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- ================================================== How it looks -->

<xsl:template name="style">
:root {
  --ink: #1a2530; --quiet: #55626f; --line: #d5dce2; --soft: #f4f6f8;
  --accent: #0b4f6c;
  --pass: #1c6637; --fail: #a3192a; --error: #6f2a86; --inconclusive: #7d5200;
  --guard: #93390a; --neutral: #47535e;
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 62rem;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  color: var(--ink); background: #fff;
}
h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
h1 { font-size: 2.1rem; letter-spacing: -0.015em; }
h2 { font-size: 1.4rem; margin: 3rem 0 0.9rem; padding-top: 0.9rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.1rem; margin: 1.8rem 0 0.4rem; }
h4 { font-size: 0.95rem; margin: 1rem 0 0.3rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, pre:focus-visible { outline: 3px solid #2a7fa8; outline-offset: 2px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
code { font-size: 0.86em; overflow-wrap: anywhere; }
.over { color: var(--quiet); font-size: 0.9rem; margin: 0 0 0.2rem; }
.meta, .small, .files, footer { color: var(--quiet); font-size: 0.88rem; }
.quiet { color: var(--quiet); font-weight: 400; }
.nowrap { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { margin: 1.6rem 0 1rem; padding: 1.1rem 1.4rem 1.2rem; background: var(--soft); border-left: 6px solid var(--neutral); border-radius: 0 6px 6px 0; }
.verdict p { max-width: none; }
.verdict.pass { border-color: var(--pass); } .verdict.fail { border-color: var(--fail); }
.verdict.error { border-color: var(--error); } .verdict.inconclusive { border-color: var(--inconclusive); }
.verdict.guard-refused { border-color: var(--guard); }
.headline { font-size: 1.3rem; font-weight: 650; margin: 0 0 0.3rem; line-height: 1.3; }
.headline .icon { margin-right: 0.5rem; }
.verdict.pass .icon { color: var(--pass); } .verdict.fail .icon { color: var(--fail); }
.verdict.error .icon { color: var(--error); } .verdict.inconclusive .icon { color: var(--inconclusive); }
.verdict.guard-refused .icon { color: var(--guard); }
.basis { font-size: 1.05rem; }
.bar { display: flex; gap: 3px; margin: 0.8rem 0 0.6rem; font-size: 0.82rem; }
.bar span { flex-basis: 0; padding: 0.15rem 0.6rem; white-space: nowrap; min-width: max-content; }
.mark { display: inline-block; padding: 0 0.5em; font-size: 0.82rem; white-space: nowrap; }
.mark-F { background: #dcebe1; color: #174f2c; border-bottom: 2px solid #1c6637; }
.mark-I { background: #e3ecf3; color: #173f5c; border-bottom: 2px dashed #2f6690; }
.mark-U { background: #f6ecd8; color: #5f3f00; border-bottom: 2px dotted #7d5200; }
.banner { max-width: none; margin: 0.5rem 0; padding: 0.55rem 1.4rem; border-left: 6px solid var(--line); }
.banner.warning { border-color: var(--fail); background: #fbeef0; color: #7c1320; font-weight: 600; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.3rem 1.3rem; list-style: none; padding: 0; margin: 1.6rem 0 0; font-size: 0.92rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; margin: 0.6rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.9rem 0.5rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
th.number, td.number { text-align: right; }
thead th { font-size: 0.82rem; color: var(--quiet); font-weight: 600; border-bottom: 1px solid #8b98a4; vertical-align: bottom; }
tbody th { font-weight: 500; }
.step tbody tr:last-child td { border-bottom: 0; }
table.counts { width: auto; margin-top: 1.4rem; }
table.counts th, table.counts td { padding-right: 2rem; }
table.cases th[scope="row"] { width: 38%; }
table.cases code { color: var(--quiet); }
table.fine { font-size: 0.85rem; }
table.connections td:not(.number) { overflow-wrap: anywhere; min-width: 6.5rem; }
table.expectations { margin: 0.3rem 0; }
table.expectations td:first-child { width: 9.5rem; white-space: nowrap; }
.away th { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.chip { display: inline-block; font-size: 0.86rem; font-weight: 600; white-space: nowrap; color: var(--neutral); }
.chip .icon { display: inline-block; width: 1.25em; text-align: center; margin-right: 0.3em; border-radius: 3px; background: #e9edf0; }
.chip.pass { color: var(--pass); } .chip.pass .icon { background: #dcebe1; }
.chip.fail { color: var(--fail); } .chip.fail .icon { background: #f7dfe2; }
.chip.error { color: var(--error); } .chip.error .icon { background: #efe0f4; }
.chip.inconclusive { color: var(--inconclusive); } .chip.inconclusive .icon { background: #f6ecd8; }
.chip.guard-refused { color: var(--guard); } .chip.guard-refused .icon { background: #f8e4d8; }
.chip.manual { color: var(--accent); } .chip.manual .icon { background: #e3ecf3; }
h3 .chip, h4 .chip { margin-right: 0.35rem; }
.failure { margin: 0 0 1.6rem; }
.failure h3 .id { font-weight: 400; margin-left: 0.3rem; text-decoration: none; }
.finding { border-left: 4px solid var(--line); padding: 0.2rem 0 0.3rem 1.1rem; margin: 0.7rem 0 1rem; }
.finding.fail { border-color: var(--fail); } .finding.error { border-color: var(--error); }
.finding.inconclusive { border-color: var(--inconclusive); } .finding.guard-refused { border-color: var(--guard); }
.finding h4 { margin-top: 0.2rem; font-size: 1rem; }
dl { margin: 0.5rem 0; }
dl.facts { display: grid; grid-template-columns: minmax(7.5rem, max-content) 1fr; gap: 0.25rem 1.4rem; font-size: 0.92rem; }
dl.facts dt { color: var(--quiet); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
dl.facts .next { font-weight: 650; color: var(--ink); }
dl.legend { font-size: 0.85rem; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 0.3rem 1.6rem; }
dl.legend div { display: flex; gap: 0.5rem; align-items: baseline; } dl.legend dd { margin: 0; }
dl.glossary dt { font-weight: 600; margin-top: 0.7rem; } dl.glossary dd { margin: 0; max-width: 46rem; }
.case { border-bottom: 1px solid var(--line); padding-bottom: 1.2rem; margin-bottom: 0.4rem; }
.case:last-of-type { border-bottom: 0; }
.rests { list-style: none; padding: 0; margin: 0.5rem 0; font-size: 0.88rem; }
.rests li { margin: 0.25rem 0; }
.step { margin: 0.7rem 0 0 0; padding-left: 1.1rem; border-left: 1px solid var(--line); }
.sequence { margin: 0.7rem 0 0.9rem; }
.sequence svg { display: block; width: 100%; min-width: 36rem; max-width: 50rem; height: auto; font-size: 13px; color: var(--ink); background: #fff; color-scheme: only light; }
.sequence text { fill: currentColor; }
.seq-box { fill: var(--soft); stroke: #8b98a4; } .seq-name { font-weight: 600; }
.seq-life { stroke: #8b98a4; stroke-dasharray: 2 4; }
.sequence .seq-step, .sequence .seq-more { fill: var(--quiet); font-size: 12px; }
.seq-line, .seq-cross { stroke: currentColor; stroke-width: 1.2; fill: none; }
.seq-back { stroke-dasharray: 6 4; }
.seq-head { fill: currentColor; } .seq-note { fill: none; stroke: currentColor; stroke-dasharray: 3 3; }
.seq-out { font-size: 12px; }
.seq-fail { color: var(--fail); } .seq-error { color: var(--error); }
.seq-inconclusive { color: var(--inconclusive); } .seq-guard-refused { color: var(--guard); }
.seq-manual { color: var(--accent); } .seq-skip, .seq-omit { color: var(--quiet); }
.seq-fail text, .seq-error text { font-weight: 700; }
.seq-fail .seq-line, .seq-fail .seq-cross, .seq-error .seq-line, .seq-error .seq-cross { stroke-width: 2.6; }
.exchange .meta { margin: 0.2rem 0; max-width: none; }
.seq { font-variant-numeric: tabular-nums; font-weight: 600; color: var(--ink); }
.files { margin: 0.1rem 0 0.4rem; } .files a { margin-right: 0.2rem; }
.remark { font-size: 0.9rem; background: var(--soft); padding: 0.3rem 0.7rem; max-width: none; }
details { margin: 0.4rem 0; font-size: 0.9rem; } summary { cursor: pointer; color: var(--accent); }
pre { background: var(--soft); padding: 0.8rem 1rem; margin: 0.4rem 0; font-size: 0.8rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 32rem; overflow-y: auto; }
footer { margin-top: 3.5rem; padding-top: 0.8rem; border-top: 1px solid var(--line); }
/* On a narrow screen a row stands as a block, each cell with its label. */
@media screen and (max-width: 44rem) {
  body { padding: 1.2rem 1rem 3rem; } h1 { font-size: 1.6rem; }
  table:not(.expectations), table:not(.expectations) tbody { display: block; width: auto; }
  table:not(.expectations) thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table:not(.expectations) tr { display: block; padding: 0.5rem 0; border-bottom: 1px solid var(--line); }
  table:not(.expectations) th, table:not(.expectations) td, table.cases th[scope="row"] { display: block; width: auto; padding: 0.1rem 0; border: 0; text-align: left; white-space: normal; overflow-wrap: anywhere; }
  td[data-label]::before { content: attr(data-label) ": "; color: var(--quiet); }
  table.expectations td:first-child { width: 8rem; }
  table.expectations td { overflow-wrap: anywhere; }
  .bar { flex-wrap: wrap; } p, li, h1, h2, h3, h4, dd { overflow-wrap: anywhere; } .mark, .nowrap { white-space: normal; }
  dl.facts { grid-template-columns: 1fr; gap: 0 0; } dl.facts dd { margin-bottom: 0.5rem; }
}
@media print {
  @page { size: A4; margin: 17mm 16mm 18mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  nav { display: none; }
  h2 { margin-top: 2rem; } h2, h3, h4 { break-after: avoid; }
  tr, .finding, .step, .verdict, .banner, .sequence, dl.facts dd, .rests li { break-inside: avoid; }
  .case .meta, .rests, dl.glossary dt, table.counts { break-after: avoid; }
  thead { display: table-header-group; }
  p { orphans: 3; widows: 3; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; } pre { max-height: none; }
}
</xsl:template>

</xsl:stylesheet>
