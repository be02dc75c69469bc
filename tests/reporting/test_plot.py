import math

from medassay.reporting.plot import Mark, plot


def test_values_land_between_the_edges_that_are_named():
    held = plot(
        "loss by epoch",
        {
            "train": [Mark(x=1, y=2.0), Mark(x=3, y=0.0)],
            "validation": [Mark(x=2, y=1.0, low=0.5, high=4.0), Mark(x=3, y=math.nan)],
        },
    )
    assert held is not None
    assert [curve.points for curve in held.curves] == ["0.0,30.0 100.0,60.0", "50.0,45.0"]
    assert held.curves[1].bars == ((50.0, 52.5, 0.0),)
    assert (held.left, held.right, held.bottom, held.top) == ("1", "3", "0", "4")


def test_a_logarithmic_axis_sets_powers_at_equal_steps():
    held = plot("by cost", {"loss": [Mark(x=10.0**k, y=k) for k in range(3)]}, logarithmic=True)
    assert held is not None
    assert held.curves[0].points == "0.0,60.0 50.0,30.0 100.0,0.0"


def test_one_point_is_no_curve():
    assert plot("", {"loss": [Mark(x=1, y=1)]}) is None
    flat = plot("", {"loss": [Mark(x=1, y=1), Mark(x=2, y=1)]})
    assert flat is not None
    assert flat.curves[0].points == "0.0,0.0 100.0,0.0"
