"""The problem: select orders, choose the piece for each line, form batches and pick lists.

A warehouse with scattered storage in which every piece lies at its own place, in a zone. Of a pool
of orders some are selected, enough for a wanted number of lines; each line gets a piece; orders
form batches; the pieces of a batch are split into pick lists, each in one zone and one container.

References
----------
Abelli, G., Katzmann, M., Khan, I., Maurer, O., Pätzold, J., Pszona, P., Salchow, J.-D. (2024):
Joint order selection, allocation, batching and picking for large scale warehouses.
https://doi.org/10.48550/arXiv.2401.04563
"""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.errors import ProblemError


@dataclass(frozen=True, slots=True)
class Piece:
    """One physical piece of an article, with the place where it lies.

    Parameters
    ----------
    article
        Index of the article.
    zone
        Index of the zone.
    aisle
        Position along the cross-aisles; the station stands at 0.
    row
        Position along the aisle, not 0: the middle cross-aisle is row 0.
    """

    article: int
    zone: int
    aisle: int
    row: int


@dataclass(frozen=True, slots=True)
class SelectionProblem:
    """Pieces, orders and rules.

    Walking goes along three cross-aisles at rows ``-below``, 0 and ``above``. From piece to piece a
    picker walks through a cross-aisle, also between two pieces of one aisle; a list begins and ends
    at the station, row 0 and aisle 0. Lengths have one unit throughout, e.g. one row.

    Parameters
    ----------
    volumes
        Volume of each article, at least 1.
    pieces
        The pieces in stock.
    orders
        For each order the article of each line; a line is one piece.
    least_lines
        Number of lines that the selected orders must have together.
    most_orders
        Number of orders that a batch may have.
    most_volume
        Volume of the pieces that a pick list may have.
    above, below
        Distance from the middle cross-aisle to the outer ones, beyond rows above 0 and below 0.

    Raises
    ------
    ProblemError
        When a value breaks a rule, or all orders together have too few lines.
    """

    volumes: tuple[int, ...]
    pieces: tuple[Piece, ...]
    orders: tuple[tuple[int, ...], ...]
    least_lines: int
    most_orders: int
    most_volume: int
    above: int
    below: int

    def __post_init__(self) -> None:
        for name in ("least_lines", "most_orders", "most_volume"):
            if getattr(self, name) < 1:
                raise ProblemError(f"{name} must be at least 1, got {getattr(self, name)}")
        for article, volume in enumerate(self.volumes):
            if volume < 1:
                raise ProblemError(f"article {article}: volume must be at least 1, got {volume}")
        for index, piece in enumerate(self.pieces):
            self._check_piece(index, piece)
        self._check_orders()

    @property
    def n_zones(self) -> int:
        """Number of zones, one more than the highest index."""
        return 1 + max((piece.zone for piece in self.pieces), default=-1)

    def _check_piece(self, index: int, piece: Piece) -> None:
        if not 0 <= piece.article < len(self.volumes):
            raise ProblemError(f"piece {index}: there is no article {piece.article}")
        if piece.zone < 0:
            raise ProblemError(f"piece {index}: zone must be at least 0, got {piece.zone}")
        if piece.row == 0 or not -self.below <= piece.row <= self.above:
            raise ProblemError(
                f"piece {index}: row must lie between -{self.below} and {self.above} and not be 0, "
                f"got {piece.row}"
            )

    def _check_orders(self) -> None:
        for index, order in enumerate(self.orders):
            if not order:
                raise ProblemError(f"order {index}: has no line")
            for article in order:
                if not 0 <= article < len(self.volumes):
                    raise ProblemError(f"order {index}: there is no article {article}")
        n_lines = sum(map(len, self.orders))
        if n_lines < self.least_lines:
            raise ProblemError(f"{self.least_lines} lines are wanted, all orders have {n_lines}")


@dataclass(frozen=True, slots=True)
class SelectedBatch:
    """Orders that are picked together, and their pick lists: pieces in walking order."""

    orders: tuple[int, ...]
    lists: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class SelectionPlan:
    """An answer to a :class:`SelectionProblem`.

    Parameters
    ----------
    batches
        The batches, none empty.
    length
        Walking length of all lists.
    n_lines
        Number of lines of the selected orders.
    rounds
        Rounds of search that were done.
    has_converged
        Whether the search ended by itself, not by the stopping criterion.
    """

    batches: tuple[SelectedBatch, ...]
    length: int
    n_lines: int
    rounds: int
    has_converged: bool
