<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!--
The HTML report of document checks. It is yours to change, as report.xsl is.
XSLT 1.0, run by libxslt without any way to a file or to the network.

The document element is c:page; its attribute `lang` is fi or en and its
attribute `part` says what is asked for:
  page     the whole page without its files, with the totals in it. The
           processing instructions <?esitesti-rows?> and <?esitesti-details?>
           stand where the files' pieces go.
  row      one c:file: its line in the table
  details  the same file: its stages and findings
es:word(id, argument …) gives a sentence of the catalogue in the page's
language. In the style sheet below avoid the greater-than sign and the
ampersand.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:c="urn:esitesti:checked:1" xmlns:es="urn:esitesti:words:1"
    exclude-result-prefixes="c es">

<xsl:variable name="lang" select="/c:page/@lang"/>
<xsl:variable name="fi" select="$lang = 'fi'"/>

<xsl:template match="/">
  <xsl:choose>
    <xsl:when test="c:page/@part = 'row'"><xsl:apply-templates select="c:page/c:file | c:page/c:unread" mode="row"/></xsl:when>
    <xsl:when test="c:page/@part = 'details'"><xsl:apply-templates select="c:page/c:file" mode="details"/></xsl:when>
    <xsl:otherwise><xsl:apply-templates select="c:page" mode="page"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- ================================================== The page -->

<xsl:template match="c:page" mode="page">
  <html lang="{$lang}">
    <head>
      <meta http-equiv="Content-Type" content="text/html; charset=UTF-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="referrer" content="no-referrer"/>
      <meta name="color-scheme" content="light dark"/>
      <title><xsl:value-of select="es:word('checks_title')"/> · <xsl:value-of select="es:word('checks_not_kela')"/></title>
      <style><xsl:call-template name="style"/></style>
    </head>
    <body>
      <header>
        <p class="over"><xsl:value-of select="@tool"/></p>
        <h1><xsl:value-of select="es:word('checks_title')"/></h1>
        <p class="notkela"><xsl:value-of select="es:word('checks_not_kela')"/></p>
        <p class="meta"><xsl:call-template name="moment"><xsl:with-param name="at" select="@started"/></xsl:call-template></p>
      </header>
      <main>
        <section class="verdict {c:totals/@tone}" aria-label="{es:word('checks_result')}">
          <p class="headline"><xsl:call-template name="icon"><xsl:with-param name="kind" select="c:totals/@tone"/></xsl:call-template><xsl:value-of select="c:totals/c:headline"/></p>
          <p class="small"><xsl:value-of select="c:totals/c:counts"/></p>
        </section>
        <xsl:for-each select="c:totals/c:remark">
          <p class="banner"><span class="icon" aria-hidden="true">! </span><xsl:value-of select="."/></p>
        </xsl:for-each>
        <section aria-labelledby="stages">
          <h2 id="stages"><xsl:value-of select="es:word('checks_h_summary')"/></h2>
          <table class="stages">
            <thead><tr>
              <th scope="col"><xsl:value-of select="es:word('checks_stage')"/></th>
              <th scope="col"><xsl:value-of select="es:word('checks_result')"/></th>
              <th scope="col" class="number"><xsl:value-of select="es:word('checks_errors')"/></th>
              <th scope="col" class="number"><xsl:value-of select="es:word('checks_warnings')"/></th>
              <th scope="col"><xsl:value-of select="es:word('checks_against')"/></th>
            </tr></thead>
            <tbody>
              <xsl:for-each select="c:totals/c:stage">
                <tr>
                  <th scope="row"><span class="step"><xsl:value-of select="position()"/></span><xsl:value-of select="es:word(concat('checks_stage_', @name))"/><div class="quiet"><xsl:value-of select="es:word(concat('checks_about_', @name))"/></div></th>
                  <td><xsl:call-template name="chip"><xsl:with-param name="kind" select="@verdict"/></xsl:call-template></td>
                  <td class="number" data-label="{es:word('checks_errors')}"><xsl:value-of select="@errors"/></td>
                  <td class="number" data-label="{es:word('checks_warnings')}"><xsl:value-of select="@warnings"/></td>
                  <td class="quiet basis"><xsl:for-each select="c:basis"><div><xsl:value-of select="."/></div></xsl:for-each><xsl:if test="c:why"><div class="why"><xsl:if test="c:partly"><xsl:value-of select="c:partly"/>: </xsl:if><xsl:value-of select="c:why"/></div></xsl:if></td>
                </tr>
              </xsl:for-each>
            </tbody>
          </table>
        </section>
        <section aria-labelledby="files">
          <h2 id="files"><xsl:value-of select="es:word('checks_h_files')"/></h2>
          <table class="files">
            <thead><tr>
              <th scope="col"><xsl:value-of select="es:word('checks_file')"/></th>
              <th scope="col"><xsl:value-of select="es:word('checks_result')"/></th>
              <th scope="col" class="number"><xsl:value-of select="es:word('checks_errors')"/></th>
              <th scope="col" class="number"><xsl:value-of select="es:word('checks_warnings')"/></th>
            </tr></thead>
            <tbody><xsl:processing-instruction name="esitesti-rows"/></tbody>
          </table>
        </section>
        <section aria-labelledby="findings">
          <h2 id="findings"><xsl:value-of select="es:word('checks_h_findings')"/></h2>
          <xsl:if test="c:totals/@findings = 0"><p><xsl:value-of select="es:word('checks_no_findings')"/></p></xsl:if>
          <xsl:processing-instruction name="esitesti-details"/>
        </section>
        <section aria-labelledby="about">
          <h2 id="about"><xsl:value-of select="es:word('checks_h_about')"/></h2>
          <p><xsl:value-of select="es:word('checks_not_kela_long')"/></p>
        </section>
      </main>
      <footer><p><xsl:value-of select="@tool"/> · <xsl:value-of select="es:word('checks_not_kela')"/></p></footer>
    </body>
  </html>
</xsl:template>

<!-- ================================================== A file -->

<xsl:template match="c:file" mode="row">
  <tr>
    <th scope="row"><xsl:choose>
      <xsl:when test="c:finding"><a href="#file-{@number}"><code><xsl:value-of select="@name"/></code></a></xsl:when>
      <xsl:otherwise><code><xsl:value-of select="@name"/></code></xsl:otherwise>
    </xsl:choose><div class="quiet"><xsl:value-of select="es:word(concat('checks_content_', @content))"/></div></th>
    <td><xsl:call-template name="chip"><xsl:with-param name="kind" select="@verdict"/></xsl:call-template></td>
    <td class="number" data-label="{es:word('checks_errors')}"><xsl:value-of select="@errors"/></td>
    <td class="number" data-label="{es:word('checks_warnings')}"><xsl:value-of select="@warnings"/></td>
  </tr>
</xsl:template>

<xsl:template match="c:unread" mode="row">
  <tr>
    <th scope="row"><code><xsl:value-of select="@name"/></code><div class="quiet"><xsl:value-of select="."/></div></th>
    <td><xsl:call-template name="chip"><xsl:with-param name="kind" select="'unread'"/></xsl:call-template></td>
    <td class="number">–</td><td class="number">–</td>
  </tr>
</xsl:template>

<xsl:template match="c:file" mode="details">
  <article class="file" id="file-{@number}">
    <h3><code><xsl:value-of select="@name"/></code></h3>
    <p class="meta"><xsl:value-of select="es:word(concat('checks_content_', @content))"/> · SHA-256 <code><xsl:value-of select="@sha256"/></code></p>
    <xsl:for-each select="c:stage">
      <xsl:variable name="stage" select="@name"/>
      <xsl:variable name="found" select="../c:finding[@stage = $stage]"/>
      <section class="stage">
        <h4><span class="step"><xsl:value-of select="position()"/></span><xsl:value-of select="es:word(concat('checks_stage_', @name))"/><xsl:text> </xsl:text><xsl:call-template name="chip"><xsl:with-param name="kind" select="@verdict"/></xsl:call-template>
          <xsl:if test="@errors != 0 or @warnings != 0"><span class="tally"><xsl:value-of select="es:word('checks_errors')"/><xsl:text> </xsl:text><xsl:value-of select="@errors"/> · <xsl:value-of select="es:word('checks_warnings')"/><xsl:text> </xsl:text><xsl:value-of select="@warnings"/></span></xsl:if></h4>
        <xsl:if test="c:why"><p class="quiet"><xsl:value-of select="c:why"/></p></xsl:if>
        <xsl:if test="c:basis"><p class="quiet small"><xsl:value-of select="c:basis"/><xsl:if test="@checks"> · <xsl:value-of select="es:word('checks_tried')"/><xsl:text> </xsl:text><xsl:value-of select="@checks"/></xsl:if></p></xsl:if>
        <xsl:apply-templates select="$found"/>
      </section>
    </xsl:for-each>
    <xsl:if test="c:left-out"><p class="banner"><xsl:value-of select="c:left-out"/></p></xsl:if>
  </article>
</xsl:template>

<xsl:template match="c:finding">
  <div class="finding {@severity}">
    <xsl:if test="@accepted"><xsl:attribute name="class">finding known</xsl:attribute></xsl:if>
    <p class="what"><xsl:call-template name="chip"><xsl:with-param name="kind" select="@severity"/></xsl:call-template><xsl:text> </xsl:text><code class="rule"><xsl:value-of select="@rule"/></code><xsl:text> </xsl:text><xsl:value-of select="c:text"/></p>
    <xsl:if test="c:excerpt"><pre tabindex="0"><span class="quiet"><xsl:value-of select="@line"/> | </span><xsl:value-of select="c:excerpt"/></pre></xsl:if>
    <dl class="facts">
      <xsl:if test="@line"><dt><xsl:value-of select="es:word('checks_line')"/></dt><dd><xsl:value-of select="@line"/><xsl:if test="@column">, <xsl:value-of select="es:word('checks_column')"/><xsl:text> </xsl:text><xsl:value-of select="@column"/></xsl:if><xsl:if test="@part = 'document'"> (<xsl:value-of select="es:word('checks_in_document')"/>)</xsl:if></dd></xsl:if>
      <xsl:if test="c:where"><dt><xsl:value-of select="es:word('checks_place')"/></dt><dd><code><xsl:value-of select="c:where"/></code></dd></xsl:if>
      <xsl:if test="@field"><dt><xsl:value-of select="es:word('checks_field')"/></dt><dd><xsl:value-of select="@field"/></dd></xsl:if>
      <xsl:if test="c:expression"><dt><xsl:value-of select="es:word('checks_expression')"/></dt><dd><code><xsl:value-of select="c:expression"/></code></dd></xsl:if>
      <xsl:if test="c:clause"><dt><xsl:value-of select="es:word('checks_clause')"/></dt><dd><xsl:value-of select="c:clause"/></dd></xsl:if>
      <xsl:if test="c:hint"><dt><xsl:value-of select="es:word('checks_next')"/></dt><dd class="next"><xsl:value-of select="c:hint"/></dd></xsl:if>
      <xsl:if test="@accepted"><dt><xsl:value-of select="es:word('checks_accepted_because')"/></dt><dd><xsl:value-of select="@accepted"/></dd></xsl:if>
    </dl>
  </div>
</xsl:template>

<!-- ================================================== Small things -->

<xsl:template name="icon">
  <xsl:param name="kind"/>
  <span class="icon" aria-hidden="true"><xsl:choose>
    <xsl:when test="$kind = 'passed'">✓</xsl:when>
    <xsl:when test="$kind = 'failed' or $kind = 'error'">✗</xsl:when>
    <xsl:when test="$kind = 'remarks' or $kind = 'warning' or $kind = 'unread'">!</xsl:when>
    <xsl:when test="$kind = 'info'">i</xsl:when>
    <xsl:when test="$kind = 'not-checked' or $kind = 'partly-checked'">?</xsl:when>
    <xsl:otherwise>–</xsl:otherwise>
  </xsl:choose></span>
</xsl:template>

<!-- Sign and word: never colour alone. -->
<xsl:template name="chip">
  <xsl:param name="kind"/>
  <span class="chip {$kind}"><xsl:call-template name="icon"><xsl:with-param name="kind" select="$kind"/></xsl:call-template><xsl:choose>
    <xsl:when test="$kind = 'error' or $kind = 'warning' or $kind = 'info' or $kind = 'unread'"><xsl:value-of select="es:word(concat('checks_', $kind))"/></xsl:when>
    <xsl:otherwise><xsl:value-of select='es:word(concat("checks_is_", $kind))'/></xsl:otherwise>
  </xsl:choose></span>
</xsl:template>

<!-- RFC 3339 → 21.11.2026 klo 18.22.03 UTC, or 2026-11-21 18:22:03 UTC -->
<xsl:template name="moment">
  <xsl:param name="at"/>
  <xsl:variable name="clock" select="substring($at, 12, 8)"/>
  <time datetime="{$at}"><xsl:choose>
    <xsl:when test="$fi"><xsl:value-of select="number(substring($at, 9, 2))"/>.<xsl:value-of select="number(substring($at, 6, 2))"/>.<xsl:value-of select="substring($at, 1, 4)"/> klo <xsl:value-of select="translate($clock, ':', '.')"/></xsl:when>
    <xsl:otherwise><xsl:value-of select="substring($at, 1, 10)"/><xsl:text> </xsl:text><xsl:value-of select="$clock"/></xsl:otherwise>
  </xsl:choose> UTC</time>
</xsl:template>

<!-- ================================================== How it looks -->

<xsl:template name="style">
:root {
  --paper: #fff; --ink: #1a2530; --quiet: #55626f; --line: #d5dce2; --soft: #f4f6f8;
  --accent: #0b4f6c; --good: #1c6637; --bad: #a3192a; --warn: #7d5200; --calm: #47535e;
  --good-soft: #dcebe1; --bad-soft: #f7dfe2; --warn-soft: #f6ecd8; --calm-soft: #e9edf0; --info-soft: #e3ecf3;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #12181e; --ink: #e3e9ee; --quiet: #9dabb8; --line: #2f3b46; --soft: #1b232b;
    --accent: #7cc4e4; --good: #7fcf9b; --bad: #f19aa5; --warn: #e6bd72; --calm: #b4c0ca;
    --good-soft: #1d3a29; --bad-soft: #4a1f26; --warn-soft: #43351a; --calm-soft: #2a343d; --info-soft: #1d3442;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 62rem;
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  color: var(--ink); background: var(--paper);
}
h1, h2, h3, h4 { line-height: 1.25; margin: 0; }
h1 { font-size: 2.1rem; letter-spacing: -0.015em; }
h2 { font-size: 1.4rem; margin: 3rem 0 0.9rem; padding-top: 0.9rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.1rem; margin: 0 0 0.2rem; overflow-wrap: anywhere; }
h4 { font-size: 1rem; margin: 0; display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.7rem; }
p { margin: 0.4rem 0; max-width: 46rem; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, pre:focus-visible { outline: 3px solid #2a7fa8; outline-offset: 2px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
code { font-size: 0.88em; overflow-wrap: anywhere; }
.over { color: var(--quiet); font-size: 0.9rem; margin: 0 0 0.2rem; }
.notkela { font-weight: 650; font-size: 1.1rem; color: var(--warn); margin: 0.3rem 0 0.1rem; }
.meta, .small, footer { color: var(--quiet); font-size: 0.88rem; }
.meta { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-weight: 400; font-size: 0.88rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdict { margin: 1.6rem 0 1rem; padding: 1.1rem 1.4rem 1.2rem; background: var(--soft); border-left: 6px solid var(--calm); border-radius: 0 6px 6px 0; }
.verdict.passed { border-color: var(--good); } .verdict.failed { border-color: var(--bad); }
.verdict.not-checked, .verdict.unread { border-color: var(--warn); }
.verdict.passed .icon { color: var(--good); } .verdict.failed .icon { color: var(--bad); }
.verdict.not-checked .icon, .verdict.unread .icon { color: var(--warn); }
.headline { font-size: 1.3rem; font-weight: 650; margin: 0 0 0.2rem; line-height: 1.3; max-width: none; }
.headline .icon { margin-right: 0.5rem; }
.banner { overflow-wrap: anywhere; max-width: none; margin: 0.5rem 0; padding: 0.55rem 1.4rem; border-left: 6px solid var(--warn); background: var(--warn-soft); }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; margin: 0.6rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.55rem 1.1rem 0.55rem 0; border-bottom: 1px solid var(--line); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
th.number, td.number { text-align: right; }
thead th { font-size: 0.82rem; color: var(--quiet); font-weight: 600; border-bottom: 1px solid #8b98a4; vertical-align: bottom; }
tbody th { font-weight: 550; }
table.stages tbody th { width: 32%; }
table.stages tbody th .quiet { padding-left: 1.9rem; }
table.files code { font-weight: 500; }
.basis { overflow-wrap: anywhere; }
.step { display: inline-block; width: 1.35rem; height: 1.35rem; margin-right: 0.55rem; border-radius: 50%; background: var(--calm-soft); color: var(--calm); font-size: 0.8rem; font-weight: 650; line-height: 1.35rem; text-align: center; }
.chip { display: inline-block; font-size: 0.88rem; font-weight: 600; white-space: nowrap; color: var(--calm); }
.chip .icon { display: inline-block; width: 1.35em; text-align: center; margin-right: 0.35em; border-radius: 3px; background: var(--calm-soft); }
.chip.passed { color: var(--good); } .chip.passed .icon { background: var(--good-soft); }
.chip.failed, .chip.error { color: var(--bad); } .chip.failed .icon, .chip.error .icon { background: var(--bad-soft); }
.chip.remarks, .chip.warning, .chip.not-checked, .chip.partly-checked, .chip.unread { color: var(--warn); }
.chip.remarks .icon, .chip.warning .icon, .chip.not-checked .icon, .chip.partly-checked .icon, .chip.unread .icon { background: var(--warn-soft); }
.chip.info { color: var(--accent); } .chip.info .icon { background: var(--info-soft); }
.file { padding: 0.4rem 0 1.4rem; margin-bottom: 1.2rem; border-bottom: 1px solid var(--line); }
.file:last-of-type { border-bottom: 0; }
.stage { margin: 1rem 0 0; overflow-wrap: anywhere; }
.tally { color: var(--quiet); font-weight: 400; font-size: 0.85rem; }
.finding { border-left: 4px solid var(--calm); padding: 0.1rem 0 0.2rem 1.1rem; margin: 0.8rem 0 1.2rem 0.55rem; }
.finding.error { border-color: var(--bad); } .finding.warning { border-color: var(--warn); } .finding.info { border-color: var(--accent); }
.finding.known { border-color: var(--line); color: var(--quiet); }
.what { margin: 0; max-width: none; font-weight: 500; overflow-wrap: anywhere; }
.what .chip { margin-right: 0.4rem; } .rule { color: var(--quiet); margin-right: 0.4rem; }
dl { margin: 0.4rem 0 0; }
dl.facts { display: grid; grid-template-columns: minmax(6.5rem, max-content) 1fr; gap: 0.15rem 1.2rem; font-size: 0.9rem; }
dl.facts dt { color: var(--quiet); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
dl.facts .next { font-weight: 600; }
pre { background: var(--soft); padding: 0.5rem 0.8rem; margin: 0.5rem 0 0; font-size: 0.82rem; line-height: 1.45; white-space: pre-wrap; overflow-wrap: anywhere; border-radius: 4px; }
footer { margin-top: 3.5rem; padding-top: 0.8rem; border-top: 1px solid var(--line); }
/* On a narrow screen a row stands as a block, each cell with its label. */
@media screen and (max-width: 44rem) {
  body { padding: 1.2rem 1rem 3rem; } h1 { font-size: 1.6rem; }
  table, tbody { display: block; width: auto; }
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  tr { display: block; padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
  th, td, table.stages tbody th { display: block; width: auto; padding: 0.1rem 0; border: 0; text-align: left; white-space: normal; }
  th.number, td.number { text-align: left; display: inline-block; margin-right: 1.2rem; font-size: 0.9rem; }
  td[data-label]::before { content: attr(data-label) " "; color: var(--quiet); }
  dl.facts { grid-template-columns: 1fr; gap: 0; } dl.facts dd { margin-bottom: 0.45rem; }
  .finding { margin-left: 0; }
}
@media print {
  @page { size: A4; margin: 17mm 16mm 18mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  h2 { margin-top: 2rem; } h2, h3, h4, .file .meta, .what { break-after: avoid; }
  tr, .verdict, .banner, .stage h4, .what, pre { break-inside: avoid; }
  p, dd { orphans: 3; widows: 3; }
  thead { display: table-header-group; }
  a { color: inherit; text-decoration: none; }
}
</xsl:template>

</xsl:stylesheet>
