<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!--
  Turns an ISO Schematron schema (ISO/IEC 19757-3:2016) into a stylesheet whose
  result is SVRL (the same standard, annex D). xml/schematron*.c has resolved
  inclusions and everything abstract, reduced it to one phase, copied what an
  assertion names into it, and marked where the contexts can match; it declares
  the namespaces of sch:ns in the result.

  Each pattern is a mode: of its rules the first whose context matches a node is
  fired there. Another mode goes over the document and tries at each node the
  patterns that may know it.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:axsl="http://www.w3.org/1999/XSL/TransformAlias"
    xmlns:sch="http://purl.oclc.org/dsdl/schematron"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl"
    xmlns:esi="urn:esitesti:schematron:1"
    exclude-result-prefixes="sch">

  <xsl:namespace-alias stylesheet-prefix="axsl" result-prefix="xsl"/>

  <!-- 1.0: libxslt, which notes the places itself (esi:hit). 3.0: Saxon. -->
  <xsl:param name="version" select="'1.0'"/>
  <xsl:param name="text-limit" select="4000"/>

  <xsl:variable name="here" select="$version = '1.0'"/>

  <xsl:template match="/sch:schema">
    <axsl:stylesheet version="{$version}">
      <axsl:output method="xml" indent="no"/>
      <xsl:copy-of select="xsl:key | xsl:decimal-format | xsl:function"/>
      <xsl:apply-templates select="sch:let | sch:pattern/sch:let"/>
      <axsl:template match="/">
        <svrl:schematron-output schemaVersion="{@schemaVersion}">
          <xsl:attribute name="title">
            <xsl:call-template name="plain"><xsl:with-param name="text" select="normalize-space(sch:title)"/></xsl:call-template>
          </xsl:attribute>
          <xsl:for-each select="sch:ns">
            <svrl:ns-prefix-in-attribute-values uri="{@uri}" prefix="{@prefix}"/>
          </xsl:for-each>
          <xsl:for-each select="sch:pattern">
            <svrl:active-pattern>
              <xsl:copy-of select="@id | @name"/>
            </svrl:active-pattern>
          </xsl:for-each>
          <xsl:for-each select="esi:pass">
            <axsl:apply-templates select="{@select}" mode="walk">
              <xsl:if test="$here and @indexed">
                <xsl:attribute name="select"><xsl:value-of select="@indexed"/></xsl:attribute>
              </xsl:if>
              <xsl:copy-of select="@mode"/>
            </axsl:apply-templates>
          </xsl:for-each>
        </svrl:schematron-output>
      </axsl:template>
      <xsl:for-each select="esi:walk">
        <axsl:template match="{@match}" mode="walk">
          <xsl:for-each select="esi:in">
            <axsl:apply-templates select="." mode="M{@pattern}"/>
          </xsl:for-each>
        </axsl:template>
      </xsl:for-each>
      <axsl:template match="/|node()|@*" mode="walk" priority="-1"/>
      <xsl:for-each select="sch:pattern">
        <xsl:call-template name="pattern">
          <xsl:with-param name="mode" select="concat('M', position())"/>
        </xsl:call-template>
      </xsl:for-each>
      <xsl:if test="not($here)"><xsl:call-template name="location"/></xsl:if>
    </axsl:stylesheet>
  </xsl:template>

  <xsl:template match="sch:let">
    <axsl:variable name="{@name}">
      <xsl:choose>
        <xsl:when test="@value">
          <xsl:attribute name="select"><xsl:value-of select="@value"/></xsl:attribute>
        </xsl:when>
        <xsl:otherwise><xsl:copy-of select="node()"/></xsl:otherwise>
      </xsl:choose>
    </axsl:variable>
  </xsl:template>

  <!-- ==== A pattern ==== -->

  <xsl:template name="pattern">
    <xsl:param name="mode"/>
    <xsl:variable name="count" select="count(sch:rule)"/>
    <xsl:for-each select="sch:rule">
      <axsl:template match="{@context}" priority="{1000 + $count - position()}" mode="{$mode}">
        <xsl:apply-templates select="sch:let"/>
        <xsl:apply-templates select="sch:assert | sch:report"/>
      </axsl:template>
    </xsl:for-each>
    <axsl:template match="/|node()|@*" priority="-1" mode="{$mode}"/>
  </xsl:template>

  <xsl:template match="sch:assert">
    <axsl:if>
      <xsl:attribute name="test">
        <xsl:text>not(</xsl:text><xsl:value-of select="@test"/><xsl:text>)</xsl:text>
        <xsl:call-template name="hit"/>
      </xsl:attribute>
      <svrl:failed-assert>
        <xsl:call-template name="finding"/>
      </svrl:failed-assert>
    </axsl:if>
  </xsl:template>

  <xsl:template match="sch:report">
    <axsl:if>
      <xsl:attribute name="test">
        <xsl:text>boolean(</xsl:text><xsl:value-of select="@test"/><xsl:text>)</xsl:text>
        <xsl:call-template name="hit"/>
      </xsl:attribute>
      <svrl:successful-report>
        <xsl:call-template name="finding"/>
      </svrl:successful-report>
    </axsl:if>
  </xsl:template>

  <!-- False once there are too many; the n-th true is the n-th in the SVRL. -->
  <xsl:template name="hit">
    <xsl:if test="$here"> and esi:hit(<xsl:value-of select="@subject"/>)</xsl:if>
  </xsl:template>

  <xsl:template name="finding">
    <xsl:for-each select="@id | @role | @flag | @see | @test">
      <xsl:attribute name="{name()}">
        <xsl:call-template name="plain"><xsl:with-param name="text" select="."/></xsl:call-template>
      </xsl:attribute>
    </xsl:for-each>
    <xsl:if test="not($here)">
      <axsl:attribute name="location">
        <axsl:apply-templates mode="schematron-location">
          <xsl:attribute name="select">
            <xsl:choose>
              <xsl:when test="@subject">((<xsl:value-of select="@subject"/>), .)[1]</xsl:when>
              <xsl:otherwise>.</xsl:otherwise>
            </xsl:choose>
          </xsl:attribute>
        </axsl:apply-templates>
      </axsl:attribute>
    </xsl:if>
    <svrl:text><xsl:apply-templates mode="text" select="node()[not(self::sch:diagnostic or self::sch:property)]"/></svrl:text>
    <xsl:for-each select="sch:diagnostic">
      <svrl:diagnostic-reference diagnostic="{@id}">
        <xsl:copy-of select="@xml:lang"/>
        <xsl:apply-templates mode="text"/>
      </svrl:diagnostic-reference>
    </xsl:for-each>
    <xsl:for-each select="sch:property">
      <svrl:property-reference property="{@id}">
        <xsl:copy-of select="@role | @scheme"/>
        <svrl:text><xsl:apply-templates mode="text"/></svrl:text>
      </svrl:property-reference>
    </xsl:for-each>
  </xsl:template>

  <!-- Braces would be taken for an attribute value template. -->
  <xsl:template name="plain">
    <xsl:param name="text"/>
    <xsl:choose>
      <xsl:when test="contains(translate($text, '}', '{'), '{')">
        <xsl:variable name="brace"
            select="substring(concat(substring-after($text, substring-before(translate($text, '}', '{'), '{')), ' '), 1, 1)"/>
        <xsl:value-of select="concat(substring-before($text, $brace), $brace, $brace)"/>
        <xsl:call-template name="plain">
          <xsl:with-param name="text" select="substring-after($text, $brace)"/>
        </xsl:call-template>
      </xsl:when>
      <xsl:otherwise><xsl:value-of select="$text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- ==== Texts ==== -->

  <xsl:template match="sch:value-of" mode="text">
    <axsl:value-of select="{@select}">
      <xsl:if test="$here">
        <xsl:attribute name="select">substring(<xsl:value-of select="@select"/>, 1, <xsl:value-of select="$text-limit"/>)</xsl:attribute>
      </xsl:if>
    </axsl:value-of>
  </xsl:template>
  <xsl:template match="sch:name[@path]" mode="text">
    <axsl:value-of select="name({@path})"/>
  </xsl:template>
  <xsl:template match="sch:name" mode="text">
    <axsl:value-of select="name()"/>
  </xsl:template>
  <xsl:template match="text()" mode="text">
    <axsl:text><xsl:value-of select="."/></axsl:text>
  </xsl:template>

  <!-- ==== Where a node is ==== -->

  <xsl:template name="location">
    <axsl:template match="/" mode="schematron-location">/</axsl:template>
    <axsl:template match="*" mode="schematron-location">
      <axsl:if test="parent::*">
        <axsl:apply-templates select="parent::*" mode="schematron-location"/>
      </axsl:if>
      <axsl:variable name="name" select="local-name()"/>
      <axsl:variable name="uri" select="namespace-uri()"/>
      <axsl:value-of select="concat('/*[local-name()=&quot;', $name, '&quot; and namespace-uri()=&quot;', $uri, '&quot;][', 1 + count(preceding-sibling::*[local-name() = $name and namespace-uri() = $uri]), ']')"/>
    </axsl:template>
    <axsl:template match="@*" mode="schematron-location">
      <axsl:apply-templates select=".." mode="schematron-location"/>
      <axsl:value-of select="concat('/@*[local-name()=&quot;', local-name(), '&quot; and namespace-uri()=&quot;', namespace-uri(), '&quot;]')"/>
    </axsl:template>
    <axsl:template match="text()" mode="schematron-location">
      <axsl:apply-templates select=".." mode="schematron-location"/>
      <axsl:value-of select="concat('/text()[', 1 + count(preceding-sibling::text()), ']')"/>
    </axsl:template>
    <axsl:template match="comment()" mode="schematron-location">
      <axsl:apply-templates select=".." mode="schematron-location"/>
      <axsl:value-of select="concat('/comment()[', 1 + count(preceding-sibling::comment()), ']')"/>
    </axsl:template>
    <axsl:template match="processing-instruction()" mode="schematron-location">
      <axsl:apply-templates select=".." mode="schematron-location"/>
      <axsl:value-of select="concat('/processing-instruction()[', 1 + count(preceding-sibling::processing-instruction()), ']')"/>
    </axsl:template>
  </xsl:template>
</xsl:stylesheet>
