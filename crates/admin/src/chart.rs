//! The geometry of the charts, in whole units of their view box. Pure: it must not know elements.

/// The width of a chart's view box.
pub const WIDTH: u64 = 1000;
/// Its height.
pub const HEIGHT: u64 = 240;

/// A bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its left edge.
    pub x: u64,
    /// Its upper edge.
    pub y: u64,
    /// How wide it is.
    pub width: u64,
    /// How high it is.
    pub height: u64,
}

/// The value of the upper edge: the next of 1, 2, 5, 10, 20 … that is at least as much.
pub fn top(values: &[u64]) -> u64 {
    let max = values.iter().copied().max().unwrap_or(0).max(1);
    let mut power = 1u64;
    loop {
        for step in [1, 2, 5] {
            let top = power.saturating_mul(step);
            if top >= max || top == u64::MAX {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A bar for each value, side by side. Every value above 0 is visible.
pub fn bars(values: &[u64]) -> Vec<Bar> {
    let (top, count) = (top(values), values.len().max(1) as u64);
    let bar = |(index, value): (usize, &u64)| {
        let (left, right) = (index as u64 * WIDTH / count, (index as u64 + 1) * WIDTH / count);
        let gap = ((right - left) / 5).min(6);
        let height = scaled(*value, top).max(u64::from(*value > 0) * 2);
        Bar { x: left + gap / 2, y: HEIGHT - height, width: (right - left - gap).max(1), height }
    };
    values.iter().enumerate().map(bar).collect()
}

/// The points of a line through values at moments, which stays at each until the next one comes, and
/// at the last one for as long as a step takes on average.
pub fn steps(times: &[u64], values: &[u64]) -> String {
    let top = top(values);
    let (first, last) = (times.first().copied(), times.last().copied());
    let span = last.zip(first).map_or(0, |(last, first)| last.saturating_sub(first));
    let whole = u128::from(span) + u128::from((span / times.len().max(1) as u64).max(1));
    let at = |time: u64| {
        let since = u128::from(time.saturating_sub(first.unwrap_or(0)));
        u64::try_from(since * u128::from(WIDTH) / whole).unwrap_or(WIDTH).min(WIDTH)
    };
    let mut points = String::new();
    for (index, (time, value)) in times.iter().zip(values).enumerate() {
        let right = times.get(index + 1).map_or(WIDTH, |next| at(*next));
        let y = HEIGHT - scaled(*value, top);
        points.push_str(&format!("{},{y} {right},{y} ", at(*time)));
    }
    points
}

fn scaled(value: u64, top: u64) -> u64 {
    let scaled = u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(1));
    u64::try_from(scaled).unwrap_or(HEIGHT).min(HEIGHT)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number() {
        for (max, expected) in
            [(0, 1), (1, 1), (3, 5), (5, 5), (6, 10), (11, 20), (99_999, 100_000)]
        {
            assert_eq!(top(&[0, max]), expected, "{max}");
        }
        assert!(top(&[u64::MAX]) > 0);
    }

    #[test]
    fn bars_stay_within_and_what_is_there_can_be_seen() {
        for count in [1, 2, 31, 366] {
            let values: Vec<u64> = (0..count).map(|index| index * index * 1_000).collect();
            let bars = bars(&values);
            assert_eq!(bars.len(), values.len());
            for (bar, value) in bars.iter().zip(&values) {
                assert!(bar.x + bar.width <= WIDTH && bar.y + bar.height == HEIGHT, "{bar:?}");
                assert_eq!(bar.height > 0, *value > 0);
            }
        }
        assert_eq!(bars(&[u64::MAX, 0])[0].height, HEIGHT);
    }

    #[test]
    fn a_line_stays_at_each_value_for_as_long_as_it_held() {
        assert_eq!(steps(&[], &[]), "");
        assert_eq!(steps(&[7], &[10]), "0,0 1000,0 ");
        // Three quarters of the time at the first value; the last one is seen, too.
        assert_eq!(
            steps(&[1_000, 1_750, 2_000], &[0, 10, 5]),
            "0,240 562,240 562,0 750,0 750,120 1000,120 "
        );
        let at_once = steps(&[5, 5], &[1, 2]);
        assert_eq!(at_once, "0,120 0,120 0,0 1000,0 ");
        let far = steps(&[0, u64::MAX], &[1, 1]);
        assert!(far.ends_with(",0 1000,0 "), "{far}");
    }
}
