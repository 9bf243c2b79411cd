//! How many schemas are held against one value inside each other.

/// A reference from one definition to another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    /// The definition it stands in.
    pub(super) from: usize,
    /// The definition it leads to.
    pub(super) to: usize,
    /// How deep it stands among the schemas of its value.
    pub(super) depth: usize,
    /// Whether its value is the one that the definition is held against.
    pub(super) in_place: bool,
}

/// The most schemas inside each other that one value can meet.
pub(super) fn longest(definitions: usize, edges: &[Edge]) -> usize {
    let in_place: Vec<Edge> = edges.iter().copied().filter(|edge| edge.in_place).collect();
    // Where chains begin: at a value's first schema, or at a reference below it.
    let mut depths = vec![1usize; definitions];
    for edge in edges.iter().filter(|edge| !edge.in_place) {
        depths[edge.to] = depths[edge.to].max(edge.depth + 1);
    }
    let left = in_order(definitions, &in_place, |edge| {
        depths[edge.to] = depths[edge.to].max(depths[edge.from] + edge.depth + 1);
    });
    let back: Vec<Edge> = left
        .into_iter()
        .map(|edge| Edge {
            from: edge.to,
            to: edge.from,
            ..edge
        })
        .collect();
    // The engine leaves a circle when it comes to the same schema with the same value again.
    let mut after = vec![0usize; definitions];
    let circles = in_order(definitions, &back, |edge| {
        after[edge.to] = after[edge.to].max(after[edge.from] + edge.depth + 1);
    });
    let around: usize = circles.iter().map(|edge| edge.depth + 1).sum();
    let most = |depths: Vec<usize>| depths.into_iter().max().unwrap_or(1);
    most(depths) + around + most(after)
}

/// Visits the edges so that those into a definition come before those out of it; gives back those
/// that are part of a circle or come after one.
fn in_order(definitions: usize, edges: &[Edge], mut visit: impl FnMut(&Edge)) -> Vec<Edge> {
    let mut leading_in = vec![0usize; definitions];
    let mut out: Vec<Vec<&Edge>> = vec![Vec::new(); definitions];
    for edge in edges {
        leading_in[edge.to] += 1;
        out[edge.from].push(edge);
    }
    let mut ready: Vec<usize> = (0..definitions)
        .filter(|&one| leading_in[one] == 0)
        .collect();
    while let Some(one) = ready.pop() {
        for edge in out[one].drain(..) {
            visit(edge);
            leading_in[edge.to] -= 1;
            if leading_in[edge.to] == 0 {
                ready.push(edge.to);
            }
        }
    }
    out.into_iter().flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(from: usize, to: usize, depth: usize, in_place: bool) -> Edge {
        Edge {
            from,
            to,
            depth,
            in_place,
        }
    }

    #[test]
    fn the_longest_way_counts_and_values_begin_anew() {
        assert_eq!(longest(1, &[]), 1);
        let chain = [
            edge(0, 1, 1, true),
            edge(1, 2, 3, true),
            edge(0, 2, 0, true),
        ];
        assert_eq!(longest(3, &chain), 7);
        let below = [edge(0, 1, 1, true), edge(1, 0, 2, false)];
        assert_eq!(longest(2, &below), 5);
        let circle = [edge(0, 1, 1, true), edge(1, 0, 1, true)];
        assert_eq!(longest(2, &circle), 5);
        let beside = [
            circle[0],
            circle[1],
            edge(2, 0, 0, true),
            edge(1, 3, 0, true),
            edge(3, 4, 0, true),
        ];
        assert_eq!(longest(5, &beside), 8);
    }
}
