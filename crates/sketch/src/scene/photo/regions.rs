//! Segmentation: neighbouring squares of similar brightness and colour form a region unless a clear
//! edge divides them.

/// The id of each square's region: from 0 on, and again from 0 after [`NUMBERS`], so neighbours
/// rarely share one.
pub(super) const NUMBERS: u8 = 43;

/// The minimum contrast of a dividing edge, in 1/16.
const CLEAR: u64 = 28 * 16;

/// A region smaller than this part of the picture is merged into a neighbour.
const SMALLEST_PART: usize = 1400;

/// The properties of a square.
pub(super) struct Place {
    /// Its class: squares of different classes are in different regions if the edge between them is
    /// clear.
    pub(super) sort: u8,
    /// The variation around it, in 1/16.
    pub(super) contrast: u16,
}

/// Disjoint sets of squares, merged step by step (union-find).
struct Sets {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Sets {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let above = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = above;
            at = above;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (small, large) =
                if self.size[a as usize] < self.size[b as usize] { (a, b) } else { (b, a) };
            self.parent[small as usize] = large;
            self.size[large as usize] += self.size[small as usize];
        }
    }
}

/// Segments a grid of this width.
pub(super) fn number(places: &[Place], across: usize) -> Vec<u8> {
    let mut sets = Sets { parent: (0..places.len() as u32).collect(), size: vec![1; places.len()] };
    let pairs = |at: usize| {
        let right = (at % across + 1 < across).then_some(at + 1);
        let below = (at + across < places.len()).then_some(at + across);
        [right, below].into_iter().flatten()
    };
    for at in 0..places.len() {
        for next in pairs(at) {
            if places[at].sort == places[next].sort {
                sets.join(at as u32, next as u32);
            }
        }
    }
    let edges = |sets: &mut Sets| {
        let mut all: Vec<(u64, u64)> = Vec::new();
        for at in 0..places.len() {
            for next in pairs(at) {
                let (a, b) = (sets.root(at as u32), sets.root(next as u32));
                if a != b {
                    let key = u64::from(a.min(b)) << 32 | u64::from(a.max(b));
                    let contrast = places[at].contrast.max(places[next].contrast);
                    all.push((key, u64::from(contrast)));
                }
            }
        }
        all.sort_unstable();
        // The mean contrast along each border, the weakest first.
        let mut means: Vec<(u64, u64)> = all
            .chunk_by(|a, b| a.0 == b.0)
            .map(|edge| (edge.iter().map(|e| e.1).sum::<u64>() / edge.len() as u64, edge[0].0))
            .collect();
        means.sort_unstable();
        means
    };
    let least = (places.len() / SMALLEST_PART) as u32;
    for (mean, key) in edges(&mut sets) {
        let (a, b) = (sets.root((key >> 32) as u32), sets.root(key as u32));
        let small = sets.size[a as usize].min(sets.size[b as usize]) < least;
        if mean < CLEAR || small && mean < CLEAR * 3 {
            sets.join(a, b);
        }
    }
    // A region that is still small is merged into the neighbour that it differs from least.
    for (_, key) in edges(&mut sets) {
        let (a, b) = (sets.root((key >> 32) as u32), sets.root(key as u32));
        if sets.size[a as usize].min(sets.size[b as usize]) < least / 2 {
            sets.join(a, b);
        }
    }
    let mut names = vec![u8::MAX; places.len()];
    let mut next = 0;
    (0..places.len() as u32)
        .map(|at| {
            let name = &mut names[sets.root(at) as usize];
            if *name == u8::MAX {
                *name = next;
                next = (next + 1) % NUMBERS;
            }
            *name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_edges_divide_and_faint_ones_do_not() {
        // Forty rows: the left and right halves are of two classes, with an edge of this contrast.
        let halves = |contrast: u16| {
            let places: Vec<Place> = (0..40 * 40)
                .map(|at| {
                    let x = at % 40;
                    let contrast = if x == 19 || x == 20 { contrast } else { 0 };
                    Place { sort: u8::from(x >= 20), contrast }
                })
                .collect();
            let numbers = number(&places, 40);
            let same = |left: bool| {
                let mut own = numbers.iter().enumerate().filter(|(at, _)| (at % 40 < 20) == left);
                own.all(|(_, n)| *n == numbers[if left { 0 } else { 39 }])
            };
            assert!(same(true) && same(false), "{contrast}");
            numbers[0] == numbers[39]
        };
        assert!(halves(60));
        assert!(!halves(900));
    }
}
