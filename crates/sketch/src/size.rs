//! The size of a picture or a video: whatever is asked for, held to what encoders and players take.

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

    /// The possible size that is nearest to the wished one.
    pub fn new(width: u32, height: u32) -> Self {
        let hold = |side: u32| side.clamp(160, 1920) as usize & !1;
        Self { width: hold(width), height: hold(height) }
    }

    /// Pixels across.
    pub fn width(self) -> usize {
        self.width
    }

    /// Pixels down.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_wish_becomes_a_size_that_encoders_take() {
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
}
