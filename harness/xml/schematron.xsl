<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!--
  Turns an ISO Schematron schema (ISO/IEC 19757-3:2016, query language binding
  "xslt") into a stylesheet whose result is SVRL (the same standard, annex D).
  Inclusions, abstract patterns and abstract rules are resolved before, and the
  namespaces of sch:ns are declared behind, both by xml/schematron.c.

  Each pattern is a mode: of its rules the first whose context matches a node is
  fired there, and the walk goes on below it.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:axsl="http://www.w3.org/1999/XSL/TransformAlias"
    xmlns:sch="http://purl.oclc.org/dsdl/schematron"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl"
    exclude-result-prefixes="sch">

  <xsl:namespace-alias stylesheet-prefix="axsl" result-prefix="xsl"/>

  <!-- The id of a phase, or #ALL. -->
  <xsl:param name="phase" select="'#ALL'"/>
  <!-- Whether fired rules are told, too. -->
  <xsl:param name="fired" select="'no'"/>

  <xsl:variable name="active"
      select="/sch:schema/sch:pattern[not(@abstract = 'true')]
        [$phase = '#ALL' or @id = /sch:schema/sch:phase[@id = $phase]/sch:active/@pattern]"/>

  <xsl:template match="/sch:schema">
    <axsl:stylesheet version="1.0">
      <axsl:output method="xml"/>
      <xsl:copy-of select="xsl:key"/>
      <xsl:apply-templates select="sch:let"/>
      <xsl:apply-templates select="sch:phase[@id = $phase]/sch:let"/>
      <xsl:apply-templates select="$active/sch:let"/>
      <axsl:template match="/">
        <svrl:schematron-output schemaVersion="{@schemaVersion}">
          <xsl:attribute name="title">
            <xsl:call-template name="plain"><xsl:with-param name="text" select="normalize-space(sch:title)"/></xsl:call-template>
          </xsl:attribute>
          <xsl:if test="$phase != '#ALL'">
            <xsl:attribute name="phase"><xsl:value-of select="$phase"/></xsl:attribute>
          </xsl:if>
          <xsl:for-each select="sch:ns">
            <svrl:ns-prefix-in-attribute-values uri="{@uri}" prefix="{@prefix}"/>
          </xsl:for-each>
          <xsl:for-each select="$active">
            <svrl:active-pattern>
              <xsl:copy-of select="@id | @name"/>
            </svrl:active-pattern>
            <axsl:apply-templates select="/" mode="M{position()}"/>
          </xsl:for-each>
        </svrl:schematron-output>
      </axsl:template>
      <xsl:for-each select="$active">
        <xsl:call-template name="pattern">
          <xsl:with-param name="mode" select="concat('M', position())"/>
        </xsl:call-template>
      </xsl:for-each>
      <xsl:call-template name="location"/>
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

  <!-- What is walked: elements, and everything else only where a context may
       ask for it. -->
  <xsl:template name="pattern">
    <xsl:param name="mode"/>
    <xsl:variable name="contexts">
      <xsl:for-each select="sch:rule[not(@abstract = 'true')]">
        <xsl:value-of select="concat(@context, ' ')"/>
      </xsl:for-each>
    </xsl:variable>
    <xsl:variable name="below">
      <xsl:choose>
        <xsl:when test="contains($contexts, '@') or contains($contexts, 'attribute::')
            or contains($contexts, 'key(') or contains($contexts, 'id(')">@*|node()</xsl:when>
        <xsl:when test="contains($contexts, '()') or contains($contexts, 'processing-instruction')">node()</xsl:when>
        <xsl:otherwise>*</xsl:otherwise>
      </xsl:choose>
    </xsl:variable>
    <xsl:variable name="count" select="count(sch:rule)"/>
    <xsl:for-each select="sch:rule">
      <xsl:if test="not(@abstract = 'true')">
        <axsl:template match="{@context}" priority="{1000 + $count - position()}" mode="{$mode}">
          <xsl:if test="$fired = 'yes'">
            <svrl:fired-rule>
              <xsl:copy-of select="@id | @role | @flag"/>
              <xsl:attribute name="context">
                <xsl:call-template name="plain"><xsl:with-param name="text" select="@context"/></xsl:call-template>
              </xsl:attribute>
            </svrl:fired-rule>
          </xsl:if>
          <xsl:apply-templates select="sch:let | sch:assert | sch:report"/>
          <axsl:apply-templates select="{$below}" mode="{$mode}"/>
        </axsl:template>
      </xsl:if>
    </xsl:for-each>
    <axsl:template match="@*|node()" priority="-2" mode="{$mode}">
      <axsl:apply-templates select="{$below}" mode="{$mode}"/>
    </axsl:template>
    <xsl:if test="$below = '*'">
      <axsl:template match="text()|comment()|processing-instruction()" priority="-1" mode="{$mode}"/>
    </xsl:if>
  </xsl:template>

  <xsl:template match="sch:assert">
    <axsl:if test="not({@test})">
      <svrl:failed-assert>
        <xsl:call-template name="finding"/>
      </svrl:failed-assert>
    </axsl:if>
  </xsl:template>

  <xsl:template match="sch:report">
    <axsl:if test="{@test}">
      <svrl:successful-report>
        <xsl:call-template name="finding"/>
      </svrl:successful-report>
    </axsl:if>
  </xsl:template>

  <!-- Role and flag of the rule hold where the assertion has none of its own. -->
  <xsl:template name="finding">
    <xsl:copy-of select="../@role | ../@flag"/>
    <xsl:copy-of select="@id | @role | @flag"/>
    <xsl:attribute name="test">
      <xsl:call-template name="plain"><xsl:with-param name="text" select="@test"/></xsl:call-template>
    </xsl:attribute>
    <axsl:attribute name="location">
      <axsl:apply-templates mode="schematron-location">
        <xsl:attribute name="select">
          <xsl:choose>
            <xsl:when test="@subject">(<xsl:value-of select="@subject"/>)[1]</xsl:when>
            <xsl:when test="../@subject">(<xsl:value-of select="../@subject"/>)[1]</xsl:when>
            <xsl:otherwise>.</xsl:otherwise>
          </xsl:choose>
        </xsl:attribute>
      </axsl:apply-templates>
    </axsl:attribute>
    <svrl:text><xsl:apply-templates mode="text"/></svrl:text>
    <xsl:call-template name="diagnostics">
      <xsl:with-param name="ids" select="concat(normalize-space(@diagnostics), ' ')"/>
    </xsl:call-template>
  </xsl:template>

  <!-- ids: each followed by one space -->
  <xsl:template name="diagnostics">
    <xsl:param name="ids"/>
    <xsl:variable name="id" select="substring-before($ids, ' ')"/>
    <xsl:if test="$id">
      <xsl:for-each select="/sch:schema/sch:diagnostics/sch:diagnostic[@id = $id]">
        <svrl:diagnostic-reference diagnostic="{$id}">
          <xsl:copy-of select="@xml:lang"/>
          <xsl:apply-templates mode="text"/>
        </svrl:diagnostic-reference>
      </xsl:for-each>
      <xsl:call-template name="diagnostics">
        <xsl:with-param name="ids" select="substring-after($ids, ' ')"/>
      </xsl:call-template>
    </xsl:if>
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
    <axsl:value-of select="{@select}"/>
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
