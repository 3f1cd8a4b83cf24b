# SPDX-License-Identifier: GPL-2.0-only
"""Where the texts of the arrows of a ladder go: beside their own arrow, and across as few others as there is room for."""

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextPath

FONT_SIZE = 7.5
_WIDTH = 92.0  # points of paper between sensor and router, one unit of x
_PLACES = (0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.9, 0.1)  # of the middle of a text along its arrow
_GAPS = (1.0, 2.0)  # points between a text and its arrow
_ROOM = 0.94  # of the way between two lifelines
LINE_SPACING = 1.2
_STANDING, _CROSSING, _COVERING = 0.3, 1.0, 4.0  # how bad it is to lie across a lifeline, an arrow, or over a text


class Labels:
    """Collects arrows and texts, then finds places. Lines are ((x, y) of the begin, (x, y) of the end), y downwards.
    scale: inches of a unit of y; lifelines: their x; left: where something else begins."""

    def __init__(self, scale, lifelines, left):
        self._lifelines, self._left = lifelines, left
        self._point = 1 / (72 * scale)  # y of a point of paper
        self._lines, self._texts = [], []

    def add_line(self, line):
        self._lines.append(line)

    def add_text(self, line, text, more="", **options):
        """more: stands behind the text where there is room between two lifelines, else below it."""
        whole = f"{text} {more}".strip()
        fits = _width(whole, options.get("fontweight", "normal")) <= _ROOM
        self._texts.append((line, whole if fits or not more else f"{text}\n{more}", options))

    def place(self):
        """(x, y, text, options) of the middle of each text, in the order of the arrows."""
        boxes = []
        for line, text, options in self._texts:
            size = self._size(text, options.get("fontweight", "normal"))
            best = min(self._boxes(line, size), key=lambda box: self._cost(box, boxes))
            boxes.append(best)
            left, right, top, bottom = best
            yield (left + right) / 2, (top + bottom) / 2, text, options

    def _size(self, text, weight):
        lines = text.split("\n")
        height = FONT_SIZE * (1 + LINE_SPACING * (len(lines) - 1))
        return max(_width(line, weight) for line in lines), height * self._point

    def _boxes(self, line, size):
        """(left, right, top, bottom): above and below the arrow, the better ones first."""
        (begin, start), (end, stop) = line
        width, height = size
        for gap in _GAPS:
            for place in _PLACES:
                middle = begin + place * (end - begin)
                left, right = middle - width / 2, middle + width / 2
                ends = [_y_at(line, x) for x in (left, right)]
                above = min(ends) - gap * self._point
                yield left, right, above - height, above
                below = max(ends) + gap * self._point
                yield left, right, below, below + height

    def _cost(self, box, boxes):
        left, right, _, _ = box
        return (sum(_STANDING for x in self._lifelines if left < x < right) + _COVERING * (left < self._left) +
                sum(_CROSSING for line in self._lines if _crosses(line, box)) +
                sum(_COVERING for other in boxes if _overlaps(other, box)))


def _width(text, weight):
    return TextPath((0, 0), text, size=FONT_SIZE, prop=FontProperties(weight=weight)).get_extents().width / _WIDTH


def _y_at(line, x):
    """Of the arrow; beyond its ends, of the nearer one."""
    (begin, start), (end, stop) = line
    share = min(1.0, max(0.0, (x - begin) / (end - begin)))
    return start + share * (stop - start)


def _crosses(line, box):
    left, right, top, bottom = box
    low, high = sorted((line[0][0], line[1][0]))
    if high <= left or low >= right:
        return False
    ends = [_y_at(line, min(max(x, low), high)) for x in (left, right)]
    return min(ends) < bottom and max(ends) > top


def _overlaps(one, other):
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]
