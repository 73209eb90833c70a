"""The findings of a check as JUnit XML, which most CI systems read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from harness.check.finding import EXIT_CODES, Checked, Finding, Mark, listed

_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(checked: Sequence[Checked]) -> str:
    """Return a test case for each aspect of each method on each task."""
    findings = [(each, finding) for each in checked for finding in each.findings]
    suite = ET.Element(
        "testsuite",
        name="oneshot check",
        tests=str(len(findings)),
        failures=str(sum(finding.mark in EXIT_CODES for _, finding in findings)),
        skipped=str(sum(finding.mark is Mark.NOT_JUDGED for _, finding in findings)),
        errors="0",
    )
    for each, finding in findings:
        suite.append(_case(each, finding))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(each: Checked, finding: Finding) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=_text(str(each.question)),
        name=_text(f"{each.method} {finding.aspect}"),
    )
    if finding.mark in EXIT_CODES:
        wrong = ET.SubElement(case, "failure", type=str(finding.mark), message=_text(finding.text))
        wrong.text = _text("\n".join(listed(finding.flips)))
    elif finding.mark is Mark.NOT_JUDGED:
        ET.SubElement(case, "skipped", message=_text(finding.text))
    else:
        ET.SubElement(case, "system-out").text = _text(f"{finding.mark}: {finding.text}")
    return case


def _text(text: str) -> str:
    # a method's name may hold control characters, which XML cannot even escape
    return _NOT_IN_XML.sub("?", text)
