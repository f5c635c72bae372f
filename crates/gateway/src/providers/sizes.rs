//! Lengths, shapes and sizes: which one of those that a service has is nearest to a wanted one, and which
//! is the very same. It must not know any service's API.

/// How far two shapes may differ, in doublings, and be the same: some are of rounded pixels.
const SAME_SHAPE: f64 = 0.05;

/// The allowed number that is nearest to the wanted one; of two that are as near, the larger, so that
/// nobody gets less than they asked for. `None`: none is allowed.
pub(super) fn nearest(wanted: i64, allowed: &[i64]) -> Option<i64> {
    allowed.iter().copied().min_by_key(|number| (number.abs_diff(wanted), -number))
}

/// The allowed size, by its shorter side, that is nearest to the wanted one: `720p`, `4k`.
pub(super) fn nearest_resolution<'a>(wanted: &str, allowed: &[&'a str]) -> Option<&'a str> {
    let wanted = lines(wanted)?;
    let known = allowed.iter().filter_map(|size| Some((lines(size)?, *size)));
    let nearest = known.min_by_key(|(size, _)| (size.abs_diff(wanted), -size));
    nearest.map(|(_, size)| size)
}

/// The allowed width and height (`1280:720`) whose shape is nearest to the wanted one, and of these the
/// one whose shorter side is. What is not wanted counts for nothing; the first of equals is taken.
pub(super) fn nearest_size<'a>(
    ratio: Option<&str>,
    resolution: Option<&str>,
    allowed: &[&'a str],
) -> Option<&'a str> {
    let wanted_shape = ratio.and_then(sides).map(shape);
    let wanted_lines = resolution.and_then(lines);
    let distance = |size: &str| {
        let sides = sides(size)?;
        let shape =
            wanted_shape.map_or(0, |wanted| ((shape(sides) - wanted).abs() / SAME_SHAPE) as u64);
        let lines = wanted_lines.map_or(0, |wanted| sides.0.min(sides.1).abs_diff(wanted));
        Some((shape, lines))
    };
    allowed
        .iter()
        .filter_map(|size| Some((distance(size)?, *size)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, size)| size)
}

pub(super) fn sides(size: &str) -> Option<(i64, i64)> {
    let (width, height) = size.split_once(':')?;
    let (width, height) = (width.parse().ok()?, height.parse().ok()?);
    (width > 0 && height > 0).then_some((width, height))
}

/// How wide it is, in doublings of a square.
fn shape((width, height): (i64, i64)) -> f64 {
    (width as f64 / height as f64).log2()
}

/// The shorter side of a size, in lines.
fn lines(size: &str) -> Option<i64> {
    match size.to_ascii_lowercase().as_str() {
        "4k" => Some(2160),
        "2k" => Some(1440),
        size => size.strip_suffix('p')?.parse().ok(),
    }
}

/// Whether a size that a service has (`1280:720`, `720p`, `16:9`) is of the shape, or as large by its
/// shorter side, as the wanted text says.
pub(super) fn is_such(size: &str, wanted: &str) -> bool {
    let same_shape = || {
        let (a, b) = (shape(sides(size)?), shape(sides(wanted)?));
        Some((a - b).abs() < SAME_SHAPE)
    };
    let same_lines = || {
        let of_size = lines(size).or_else(|| sides(size).map(|(a, b)| a.min(b)))?;
        Some(of_size == lines(wanted)?)
    };
    size == wanted || same_shape().or_else(same_lines).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest_allowed() {
        for (wanted, expected) in [(1, 4), (4, 4), (5, 6), (7, 8), (60, 8)] {
            assert_eq!(nearest(wanted, &[4, 6, 8]), Some(expected), "{wanted}");
        }
        assert_eq!(nearest(5, &[]), None);
    }

    #[test]
    fn shapes_and_sizes_are_rounded_to_the_nearest_allowed() {
        let allowed = ["16:9", "9:16", "1:1", "4:3"];
        for (wanted, expected) in
            [("16:9", "16:9"), ("21:9", "16:9"), ("5:4", "4:3"), ("9:21", "9:16"), ("4:5", "1:1")]
        {
            assert_eq!(nearest_size(Some(wanted), None, &allowed), Some(expected), "{wanted}");
        }
        let sizes = ["1280:720", "720:1280", "1920:1080", "1080:1920", "960:960"];
        for (ratio, resolution, expected) in [
            (Some("16:9"), None, "1280:720"),
            (Some("16:9"), Some("1080p"), "1920:1080"),
            (Some("9:16"), Some("4k"), "1080:1920"),
            (Some("1:1"), Some("1080p"), "960:960"),
            (None, Some("1080p"), "1920:1080"),
        ] {
            let found = nearest_size(ratio, resolution, &sizes);
            assert_eq!(found, Some(expected), "{ratio:?} {resolution:?}");
        }
        for (wanted, expected) in [("480p", "540p"), ("720p", "720p"), ("4k", "1080p")] {
            let found = nearest_resolution(wanted, &["540p", "720p", "1080p"]);
            assert_eq!(found, Some(expected), "{wanted}");
        }
        for odd in ["wide", "16:0", ":", "0:9"] {
            assert_eq!(sides(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_size_is_of_a_shape_and_of_so_many_lines() {
        for (size, wanted, same) in [
            ("16:9", "16:9", true),
            ("1280:720", "16:9", true),
            ("1584:672", "21:9", true),
            ("1104:832", "4:3", true),
            ("1280:720", "9:16", false),
            ("1280:720", "21:9", false),
            ("1080:1920", "1080p", true),
            ("1280:720", "1080p", false),
            ("720p", "720p", true),
            ("4k", "2160p", true),
            ("540p", "720p", false),
            ("good", "good", true),
            ("good", "720p", false),
        ] {
            assert_eq!(is_such(size, wanted), same, "{size} {wanted}");
        }
    }
}
