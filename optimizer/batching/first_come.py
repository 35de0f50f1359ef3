"""First-come batching: the orders as they arrive, cart by cart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from optimizer.batching.demand import Batch, Demand, Partition


def first_come(demands: Sequence[Demand], fits: Callable[[Batch], bool]) -> Partition:
    """Fill a cart with the next demands until one does not fit, then take the next cart.

    The first-come first-served rule that the literature measures batching against (de Koster,
    van der Poort & Wolters 1999, section 3). Demands that travel alone do not close the open
    cart. O(n) capacity checks.

    References
    ----------
    .. [1] de Koster, R., van der Poort, E. S., Wolters, M. (1999). Efficient orderbatching
       methods in warehouses. International Journal of Production Research 37(7), 1479-1504.
       https://doi.org/10.1080/002075499191094
    """
    batches: list[Batch] = []
    cart: Batch = ()
    for index in sorted(range(len(demands)), key=lambda index: (demands[index].rank, index)):
        if demands[index].alone:
            batches.append((index,))
        elif fits((*cart, index)):
            cart = (*cart, index)
        else:
            batches.append(cart)
            cart = (index,)
    if cart:
        batches.append(cart)
    return tuple(tuple(sorted(batch)) for batch in batches)
