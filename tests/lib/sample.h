/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

/*
 * A clinical document of our own making: pretty-printed, prefixed, with a
 * second version's relation. Its people do not exist.
 */
#define SAMPLE_OID    "1.2.246.10.99999999.11.2026.2"
#define SAMPLE_FIRST  "1.2.246.10.99999999.11.2026.1"
#define SAMPLE_SENDER "1.2.246.10.99999999.10.0.13.1"

#define SAMPLE_HEAD                                           \
 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"               \
 "<c:ClinicalDocument xmlns:c=\"urn:hl7-org:v3\" "            \
 "xmlns:fi=\"urn:hl7finland\" "                               \
 "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n" \
 "  <c:typeId root=\"2.16.840.1.113883.1.3\" "                \
 "extension=\"POCD_HD000040\"/>\n"
#define SAMPLE_REST                                                        \
 "  <c:code code=\"2\" codeSystem=\"1.2.246.537.5.40150.2009\" "           \
 "displayName=\"Julkinen\"/>\n"                                            \
 "  <c:effectiveTime value=\"20261121202203\"/>\n"                         \
 "  <c:confidentialityCode code=\"5\" "                                    \
 "codeSystem=\"1.2.246.777.5.99902.2006\"/>\n"                             \
 "  <c:languageCode code=\"fi\"/>\n"                                       \
 "  <c:setId root=\"" SAMPLE_FIRST "\"/>\n"                                \
 "  <c:versionNumber value=\"2\"/>\n"                                      \
 "  <c:recordTarget><c:patientRole>\n"                                     \
 "    <c:id extension=\"010181-900C\" root=\"1.2.246.21\"/>\n"             \
 "    <c:patient>\n"                                                       \
 "      <c:name><c:given>Testi</c:given>"                                  \
 "<c:family>Esimerkki &amp; Koe</c:family></c:name>\n"                     \
 "      <c:administrativeGenderCode code=\"2\" "                           \
 "codeSystem=\"1.2.246.537.5.1.1997\"/>\n"                                 \
 "      <c:birthTime value=\"19810101\"/>\n"                               \
 "    </c:patient>\n"                                                      \
 "  </c:patientRole></c:recordTarget>\n"                                   \
 "  <c:author><c:time nullFlavor=\"NA\"/><c:assignedAuthor>"               \
 "<c:id nullFlavor=\"NA\"/></c:assignedAuthor></c:author>\n"               \
 "  <c:custodian><c:assignedCustodian>"                                    \
 "<c:representedCustodianOrganization>"                                    \
 "<c:id root=\"1.2.246.10.99999999.19.0\"/><c:name>Rekisteri</c:name>"     \
 "</c:representedCustodianOrganization></c:assignedCustodian>"             \
 "</c:custodian>\n"                                                        \
 "  <c:relatedDocument typeCode=\"APND\"><c:parentDocument>"               \
 "<c:id root=\"1.2.3\"/></c:parentDocument></c:relatedDocument>\n"         \
 "  <c:relatedDocument typeCode=\"RPLC\"><c:parentDocument>"               \
 "<c:id root=\"" SAMPLE_FIRST "\"/><c:setId root=\"" SAMPLE_FIRST          \
 "\"/><c:versionNumber value=\"1\"/></c:parentDocument>"                   \
 "</c:relatedDocument>\n"                                                  \
 "  <c:componentOf><c:encompassingEncounter>"                              \
 "<c:id root=\"1.2.246.10.99999999.14.2026.7\"/>"                          \
 "<c:effectiveTime xsi:type=\"c:IVL_TS\"><c:low "                          \
 "value=\"20261121\"/></c:effectiveTime>"                                  \
 "<c:responsibleParty><c:assignedEntity><c:id nullFlavor=\"NA\"/>"         \
 "<c:representedOrganization><c:id root=\"1.2.246.10.99999999.10.0\"/>"    \
 "<c:name>Sairaala</c:name></c:representedOrganization>"                   \
 "</c:assignedEntity></c:responsibleParty>"                                \
 "</c:encompassingEncounter></c:componentOf>\n"                            \
 "  <fi:localHeader>\n    <fi:fileFormat code=\"1\"/>\n"                   \
 "    <fi:signatureCollection/>\n    <fi:custodianTypeCode code=\"1\"/>\n" \
 "  </fi:localHeader>\n"                                                   \
 "  <c:component><c:structuredBody ID=\"OID" SAMPLE_OID ".0\"/>"           \
 "</c:component>\n"                                                        \
 "</c:ClinicalDocument>\n"
#define SAMPLE_DOCUMENT \
 SAMPLE_HEAD "  <c:id root=\"" SAMPLE_OID "\"/>\n" SAMPLE_REST

#endif
