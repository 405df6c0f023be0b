"""What people and programs see of the same value."""

import json

import pytest

from aitbc import output
from aitbc.output import Span, Wei, When, format_span, print_record, print_rows, show_text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h"),
        (3_601, "1 h"),
        (86_399, "23 h 59 min"),
        (21 * 86_400 + 3_600, "21 d 1 h"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds, text):
    assert format_span(seconds) == text


def test_a_moment_says_how_far_from_now_it_is():
    assert show_text(When(1_700_000_000, 1_699_999_000)).endswith("22:13:20 UTC (in 16 min 40 s)")
    assert show_text(When(1_700_000_000, 1_700_000_005)).endswith("(5 s ago)")
    assert show_text(When(1_700_000_000, 1_700_000_000)).endswith("(now)")
    assert show_text(When(0, 5)) == "-"
    assert show_text(When(2**63, 5)) == "never"


def test_programs_get_numbers_and_wei_at_any_depth(capsys):
    record = {"an amount": Wei(5), "rows": [{"at a time": When(7, 0), "for": Span(60)}]}
    print_record(record, is_json=True)
    shown = json.loads(capsys.readouterr().out)
    assert shown == {"an_amount": "5", "rows": [{"at_a_time": 7, "for": 60}]}


def test_a_narrow_table_keeps_its_first_column_whole(monkeypatch, capsys):
    monkeypatch.setattr(output.console, "_width", 70)
    rows = [{"validator": "0x" + "ab" * 20, "operator": "0x" + "cd" * 20}]
    print_rows(rows, is_json=False)
    shown = capsys.readouterr().out
    assert "0x" + "ab" * 20 in shown
    assert "0xcdcdcd…cdcd" in shown
    assert "--json prints them whole" in shown
    monkeypatch.setattr(output.console, "_width", 40)
    print_rows(rows, is_json=False)
    assert "0xababab…abab" in capsys.readouterr().out


def test_letters_that_a_terminal_obeys_are_not_shown():
    assert show_text("a\x1b[2Jb\u202ec\rd\u00a0e\nf") == "a\ufffd[2Jb\ufffdc d e\nf"
