# SPDX-License-Identifier: GPL-2.0-only
"""The texts of a ladder stand beside their arrows."""

import pytest
from iotlab.labels import FONT_SIZE, Labels
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

SCALE = 60  # inches of a second
POINT = 1 / (72 * SCALE)


def arrows(gap, points=11):
    """Frames up and down in turn, each drawn so many points high, and after each the acknowledgement of the link."""
    lines = []
    for index in range(6):
        source, target = (0.0, 1.0) if index % 2 else (1.0, 0.0)
        top = index * gap * POINT
        lines.append(((source, top), (target, top + points * POINT)))
        lines.append(((target, top + (points + 2) * POINT), (source, top + (points + 3) * POINT)))
    return lines


def placed(lines, texts):
    labels = Labels(SCALE, (0.0, 1.0, 1.5), -0.24)
    for line in lines:
        labels.add_line(line)
    for line, text in texts:
        labels.add_text(line, text)
    return list(labels.place())


def box(x, y, text):
    """Wide enough for any letters of that font."""
    width, height = 0.4 * FONT_SIZE * len(text) / 92, 0.9 * FONT_SIZE * POINT
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def lies_across(line, place):
    (begin, start), (end, stop) = line
    left, right, top, bottom = place
    points = ((begin + share / 200 * (end - begin), start + share / 200 * (stop - start)) for share in range(201))
    return any(left < x < right and top < y < bottom for x, y in points)


@pytest.mark.parametrize("text", ["ACK", "PUBLISH QoS 1"])
def test_a_text_lies_across_no_arrow_where_there_is_room(text):
    lines = arrows(gap=17)  # not in the middle of each arrow
    for x, y, label, _ in placed(lines, [(line, text) for line in lines[::2]]):
        assert not [line for line in lines if lies_across(line, box(x, y, label))]


@pytest.mark.parametrize("text, more, shown", [
    ("encrypted reading", "again (CoAP)", "encrypted reading\nagain (CoAP)"),
    ("PUBLISH QoS 1", "again (TCP)", "PUBLISH QoS 1\nagain (TCP)"),
    ("ACK", "again (link)", "ACK again (link)"),
])
def test_what_is_too_wide_for_one_line_stands_in_two_between_the_lifelines(text, more, shown):
    line = ((0.0, 0.0), (1.0, 11 * POINT))
    labels = Labels(SCALE, (0.0, 1.0, 1.5), -0.24)
    labels.add_line(line)
    labels.add_text(line, text, more, fontweight="bold")
    (x, _, placed_text, _), = labels.place()
    assert placed_text == shown
    widths = [TextPath((0, 0), part, size=FONT_SIZE, prop=FontProperties(weight="bold")).get_extents().width for part in shown.split("\n")]
    assert 0 < x - max(widths) / 184 and x + max(widths) / 184 < 1


def test_a_text_stands_next_to_its_own_arrow():
    lines = arrows(gap=28)
    for (line, _), (_, y, _, _) in zip([(line, "ACK") for line in lines[::2]], placed(lines, [(line, "ACK") for line in lines[::2]])):
        assert line[0][1] - 10 * POINT < y < line[1][1] + 10 * POINT


def test_texts_do_not_cover_each_other_even_where_it_is_crowded():
    lines = arrows(gap=14, points=6)
    boxes = [box(x, y, text) for x, y, text, _ in placed(lines, [(line, "CONNACK") for line in lines[::2]])]
    for index, one in enumerate(boxes):
        for other in boxes[:index]:
            assert one[2] >= other[3] or other[2] >= one[3] or one[0] >= other[1] or other[0] >= one[1]


def test_a_text_keeps_off_what_is_on_the_left():
    line = ((1.0, 0.0), (0.0, 11 * POINT))
    above = [((0.0, -y * POINT), (1.0, -y * POINT)) for y in range(0, 12, 2)]
    for x, y, text, _ in placed([line, *above], [(line, "HelloVerifyRequest")]):
        assert box(x, y, text)[0] > -0.24
