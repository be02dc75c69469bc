import random

from medassay.reporting import choose_examples
from medassay.reporting.record import EXAMPLES, is_wrong
from medassay.types import Score


def test_examples_do_not_depend_on_the_order_of_the_rows(build):
    rows = build.rows()
    shuffled = random.Random(3).sample(rows, len(rows))
    assert choose_examples(rows) == choose_examples(iter(shuffled))


def test_examples_are_not_the_first_rows(build):
    rows = build.rows()
    chosen = choose_examples(rows)
    assert len(chosen.wrong) == len(chosen.unparsed) == EXAMPLES
    assert chosen.wrong != tuple(row for row in rows if is_wrong(row))[:EXAMPLES]


def test_adding_right_answers_changes_no_example(build):
    rows = build.rows()
    more = [build.row(i, right=True) for i in range(2000, 2050)]
    assert choose_examples([*more, *rows]) == choose_examples(rows)


def test_every_row_goes_where_its_status_says(build):
    rows = [build.row(1), build.row(2, "refused"), build.row(3, "unparsed"), build.row(4, "failed")]
    chosen = choose_examples([*rows, build.row(5, right=True)])
    assert [row.sample.id for row in chosen.wrong] == ["vqa-rad-1"]
    assert {row.score.status for row in chosen.unparsed} == {"refused", "unparsed"}
    assert [row.score.status for row in chosen.failed] == ["failed"]
    assert chosen.wrong_total == 1


def test_a_measurement_is_wrong_when_it_misses(build):
    def measured(**values):
        return build.row(1, score=Score(status="scored", answer="0.5", values=values))

    assert is_wrong(measured(absolute_error=0.1, relative_error=0.2))
    assert not is_wrong(measured(absolute_error=0.0, relative_error=0.0))
    assert is_wrong(measured(box_iou=0.4))
    assert not is_wrong(measured(accuracy=1.0, token_f1=0.3))
    assert not is_wrong(measured())
