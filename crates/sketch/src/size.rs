//! The size of a picture or a video, within the limits of encoders and players.

use std::str::FromStr;

/// The minimum and maximum pixels of a side.
const SIDE_MIN: usize = 160;
const SIDE_MAX: usize = 1920;

/// A size in pixels: both sides even, from 160 to 1920.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    width: usize,
    height: usize,
}

impl Size {
    /// 1280 by 720, the default: two cores make it faster than it plays, in every style.
    pub const HD: Self = Self { width: 1280, height: 720 };
    /// 640 by 360: small enough for a browser's worker.
    pub const SMALL: Self = Self { width: 640, height: 360 };

    /// The possible size that is nearest to the requested one.
    pub fn new(width: u32, height: u32) -> Self {
        let hold = |side: u32| (side as usize).clamp(SIDE_MIN, SIDE_MAX) & !1;
        Self { width: hold(width), height: hold(height) }
    }

    /// The size for an aspect ratio and a resolution. A side that would be too long is clamped to
    /// 1920 pixels, and the other one reduced with it: the ratio stays.
    pub fn of(shape: AspectRatio, resolution: Resolution) -> Self {
        let (across, down) = shape.parts();
        let (long, short) = (across.max(down), across.min(down));
        let lines = resolution.lines();
        let even = |side: usize| side.next_multiple_of(2);
        let (length, lines) = match even(lines * long / short) {
            fits @ ..=SIDE_MAX => (fits, lines),
            _ => (SIDE_MAX, (SIDE_MAX * short / long) & !1),
        };
        let (length, lines) = (length as u32, lines as u32);
        if across >= down { Self::new(length, lines) } else { Self::new(lines, length) }
    }

    /// The width in pixels.
    pub fn width(self) -> usize {
        self.width
    }

    /// The height in pixels.
    pub fn height(self) -> usize {
        self.height
    }
}

impl From<Size> for (usize, usize) {
    fn from(size: Size) -> Self {
        (size.width, size.height)
    }
}

impl Default for Size {
    fn default() -> Self {
        Self::HD
    }
}

/// The aspect ratio of a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the ratios")]
pub enum AspectRatio {
    #[default]
    R16x9,
    R9x16,
    R1x1,
    R4x3,
    R3x4,
    R21x9,
    R9x21,
    R3x2,
    R2x3,
    R5x4,
    R4x5,
}

impl AspectRatio {
    /// Every aspect ratio.
    pub const ALL: [Self; 11] = [
        Self::R16x9,
        Self::R9x16,
        Self::R1x1,
        Self::R4x3,
        Self::R3x4,
        Self::R21x9,
        Self::R9x21,
        Self::R3x2,
        Self::R2x3,
        Self::R5x4,
        Self::R4x5,
    ];

    /// As people and interfaces write it: `16:9`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::R16x9 => "16:9",
            Self::R9x16 => "9:16",
            Self::R1x1 => "1:1",
            Self::R4x3 => "4:3",
            Self::R3x4 => "3:4",
            Self::R21x9 => "21:9",
            Self::R9x21 => "9:21",
            Self::R3x2 => "3:2",
            Self::R2x3 => "2:3",
            Self::R5x4 => "5:4",
            Self::R4x5 => "4:5",
        }
    }

    /// Width and height, in parts.
    fn parts(self) -> (usize, usize) {
        match self {
            Self::R16x9 => (16, 9),
            Self::R9x16 => (9, 16),
            Self::R1x1 => (1, 1),
            Self::R4x3 => (4, 3),
            Self::R3x4 => (3, 4),
            Self::R21x9 => (21, 9),
            Self::R9x21 => (9, 21),
            Self::R3x2 => (3, 2),
            Self::R2x3 => (2, 3),
            Self::R5x4 => (5, 4),
            Self::R4x5 => (4, 5),
        }
    }
}

/// The resolution of a picture: the pixels of its shorter side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the resolutions")]
pub enum Resolution {
    P360,
    P540,
    #[default]
    P720,
    P1080,
}

impl Resolution {
    /// Every resolution, the lowest first.
    pub const ALL: [Self; 4] = [Self::P360, Self::P540, Self::P720, Self::P1080];

    /// As people and interfaces write it: `720p`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::P360 => "360p",
            Self::P540 => "540p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
        }
    }

    fn lines(self) -> usize {
        match self {
            Self::P360 => 360,
            Self::P540 => 540,
            Self::P720 => 720,
            Self::P1080 => 1080,
        }
    }
}

/// An unknown aspect ratio or resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchSize;

impl FromStr for AspectRatio {
    type Err = NoSuchSize;

    fn from_str(text: &str) -> Result<Self, NoSuchSize> {
        Self::ALL.into_iter().find(|own| own.as_str() == text).ok_or(NoSuchSize)
    }
}

impl FromStr for Resolution {
    type Err = NoSuchSize;

    fn from_str(text: &str) -> Result<Self, NoSuchSize> {
        Self::ALL.into_iter().find(|own| own.as_str() == text).ok_or(NoSuchSize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_requested_size_becomes_one_that_encoders_accept() {
        for (wish, got) in [
            ((1280, 720), (1280, 720)),
            ((0, 7), (160, 160)),
            ((641, 361), (640, 360)),
            ((u32::MAX, 1921), (1920, 1920)),
        ] {
            let size = Size::new(wish.0, wish.1);
            assert_eq!((size.width(), size.height()), got);
        }
        assert_eq!(Size::default(), Size::new(1280, 720));
    }

    #[test]
    fn every_ratio_and_resolution_gives_a_valid_size_with_that_ratio() {
        for shape in AspectRatio::ALL {
            assert_eq!(shape.as_str().parse(), Ok(shape));
            for resolution in Resolution::ALL {
                let size = Size::of(shape, resolution);
                let (width, height) = (size.width(), size.height());
                assert_eq!((width % 2, height % 2), (0, 0), "{shape:?} {resolution:?}");
                assert_eq!(
                    size,
                    Size::new(width as u32, height as u32),
                    "{shape:?} {resolution:?}"
                );
                let (across, down) = shape.parts();
                let off = (width * down) as f64 / (height * across) as f64;
                assert!((off - 1.0).abs() < 0.006, "{shape:?} {resolution:?}: {width}x{height}");
                let short = width.min(height);
                assert!(short == resolution.lines() || width.max(height) >= 1918, "{size:?}");
            }
        }
        for (shape, resolution, size) in [
            ("16:9", "720p", (1280, 720)),
            ("16:9", "1080p", (1920, 1080)),
            ("9:16", "1080p", (1080, 1920)),
            ("16:9", "540p", (960, 540)),
            ("1:1", "720p", (720, 720)),
            ("4:3", "360p", (480, 360)),
            ("21:9", "720p", (1680, 720)),
            ("21:9", "1080p", (1920, 822)),
        ] {
            let of = Size::of(shape.parse().unwrap(), resolution.parse().unwrap());
            assert_eq!((of.width(), of.height()), size, "{shape} {resolution}");
        }
        assert_eq!(Size::of(AspectRatio::default(), Resolution::default()), Size::default());
        assert_eq!("7:5".parse::<AspectRatio>(), Err(NoSuchSize));
        assert_eq!("8k".parse::<Resolution>(), Err(NoSuchSize));
    }
}
