"""Labels of many points on one plot: where each can stand without covering another."""

import numpy as np

__all__ = ["place_labels"]

_N_ANGLES = 16
_STEP = 6.0
_GAP = 4.0
_FARTHEST = 150.0
_RINGS_AT_ONCE = 5
_PADDING = 1.0


def place_labels(anchors, sizes, area, *, obstacles=None):
    """Find a place for the label of each point: inside the area, off all points, labels and leader lines.

    Greedy: the most crowded points choose first, each the nearest free place on rings around it. So few labels stand
    far away, and those are the ones that have free space outwards. Only where every leader line would run through
    labels that stand already, the one that runs through the fewest is taken.

    Parameters
    ----------
    anchors : float array-like of shape (n_labels, 2)
        Points that the labels belong to, in printer's points.
    sizes : float array-like of shape (n_labels, 2)
        Width and height of each label.
    area : (float, float, float, float)
        Left, bottom, right and top edge of the space for labels.
    obstacles : float array-like of shape (n_obstacles, 2), default=None
        Points that no label may cover; the anchors never may be.

    Returns
    -------
    centres : float ndarray of shape (n_labels, 2)
        Centre of each label; NaN where no place within 150 points is free.

    Examples
    --------
    >>> place_labels([(10, 10), (12, 10)], [(4, 4), (8, 4)], (0, 0, 40, 30)).round()
    array([[16., 10.],
           [12., 16.]])
    """
    anchors, sizes = np.asarray(anchors, float).reshape(-1, 2), np.asarray(sizes, float).reshape(-1, 2)
    points = [anchors] if obstacles is None else [anchors, np.asarray(obstacles, float).reshape(-1, 2)]
    page = _Page(np.asarray(area, float), np.unique(np.concatenate(points), axis=0))
    centres = np.full(anchors.shape, np.nan)
    for i in _most_crowded_first(anchors):
        centres[i] = page.place(anchors[i], sizes[i])
    return centres


def _most_crowded_first(anchors):
    near = np.linalg.norm(anchors[:, None] - anchors, axis=-1) < 8 * _STEP
    return np.argsort(-near.sum(axis=1), kind="stable")


class _Page:
    """What is taken so far: points, boxes (left, bottom, right, top) and leader lines (x, y, x, y)."""

    def __init__(self, area, points):
        self.area, self.points = area, points
        self.boxes, self.leaders = np.zeros((2, 0, 4))

    def place(self, anchor, size):
        best = None
        for centres in _rings(anchor, size):
            boxes = np.hstack([centres - size / 2, centres + size / 2])
            boxes = boxes[self._free(boxes)]
            ends = np.clip(anchor, boxes[:, :2], boxes[:, 2:])
            leaders = np.hstack([np.broadcast_to(anchor, ends.shape), ends])
            crossed = _cross(leaders, self.boxes).sum(axis=1)
            searched_on = best is not None
            if len(crossed) and (best is None or crossed.min() < best[0]):
                i = int(crossed.argmin())
                best = crossed[i], boxes[i], leaders[i]
            # a place much farther away reads no better than a crossed label
            if best is not None and (searched_on or best[0] == 0):
                break
        if best is None:
            return np.nan
        self.boxes = np.vstack([self.boxes, best[1]])
        self.leaders = np.vstack([self.leaders, best[2]])
        return (best[1][:2] + best[1][2:]) / 2

    def _free(self, boxes):
        """Rows of the boxes that cover nothing; the cheap tests first."""
        rows = np.flatnonzero((boxes[:, :2] >= self.area[:2]).all(axis=1) & (boxes[:, 2:] <= self.area[2:]).all(axis=1))
        for covers in (self._cover_points, self._cover_boxes, self._cover_leaders):
            grown = boxes[rows] + np.array([-1, -1, 1, 1]) * _PADDING
            rows = rows[~covers(grown)]
        return rows

    def _cover_points(self, boxes):
        # a point is a box of no size
        return _overlap(boxes, np.hstack([self.points, self.points])).any(axis=1)

    def _cover_boxes(self, boxes):
        return _overlap(boxes, self.boxes).any(axis=1)

    def _cover_leaders(self, boxes):
        return _cross(self.leaders, boxes).any(axis=0)


def _rings(anchor, size):
    """Centres around the anchor, nearest first, some rings at a time."""
    # right, left, above and below before the slanted directions: they read best
    angles = np.arange(_N_ANGLES) * 2 * np.pi / _N_ANGLES
    angles = angles[np.argsort(np.arange(_N_ANGLES) % (_N_ANGLES // 4) > 0, kind="stable")]
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    radii = np.arange(_GAP, _FARTHEST, _STEP)
    for first in range(0, len(radii), _RINGS_AT_ONCE):
        ring = radii[first : first + _RINGS_AT_ONCE, None, None]
        yield (anchor + directions * (ring + size / 2)).reshape(-1, 2)


def _overlap(boxes, others):
    """Which boxes (rows) overlap which others (columns)."""
    left, bottom, right, top = boxes.T[:, :, None]
    return (left < others[:, 2]) & (right > others[:, 0]) & (bottom < others[:, 3]) & (top > others[:, 1])


def _cross(lines, boxes):
    """Which lines (rows) run through the inside of which boxes (columns)."""
    start, step = lines[:, None, :2], lines[:, None, 2:] - lines[:, None, :2]
    step = np.where(np.abs(step) < 1e-9, 1e-9, step)
    one, other = (boxes[:, :2] - start) / step, (boxes[:, 2:] - start) / step
    enters, leaves = np.minimum(one, other).max(axis=2), np.maximum(one, other).min(axis=2)
    return (enters < leaves) & (leaves > 0) & (enters < 1)
