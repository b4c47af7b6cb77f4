"""docs/metrics.md says what the code counts."""

from loyalty.metrics.measures import MEASURES
from pipelines.metrics_page import PAGE, page


def test_the_page_is_what_the_docstrings_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run make metrics-page"


def test_every_metric_is_on_the_page_with_a_definition() -> None:
    text = page()
    for measure in MEASURES:
        assert len(measure.definition) > 60, measure.metrics
        for metric in measure.metrics:
            assert f"`{metric}`" in text
