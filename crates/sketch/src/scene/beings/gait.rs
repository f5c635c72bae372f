//! The motion of four legs.

use crate::math::fast_sin;
use crate::scene::canvas::{Point, Rgb, scale};
use crate::scene::view::Brush;

/// The state of an animal's legs at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gait {
    /// The number of steps so far.
    pub(crate) phase: f32,
    /// The stride: 1 walks, 2 gallops.
    pub(crate) reach: f32,
    /// Whether it lies and sleeps.
    pub(crate) asleep: bool,
    /// The time in seconds, for tails and ears.
    pub(crate) t: f32,
}

impl Gait {
    /// The same with shorter strides.
    pub(crate) fn by(self, reach: f32) -> Self {
        Self { reach: self.reach * reach, ..self }
    }

    /// Oscillates from -1 to 1, once per step.
    pub(crate) fn swing(self) -> f32 {
        fast_sin(self.phase)
    }

    /// The vertical motion of the body.
    pub(crate) fn bob(self) -> f32 {
        0.012 * self.reach * self.reach * fast_sin(self.phase * 2.0 + 0.15)
    }

    /// The phase of the four feet: fore and hind, near side and far side.
    pub(crate) fn phases(self) -> [f32; 4] {
        // A walk moves one foot after the other; in a gallop, fore and hind legs move in pairs.
        if self.reach > 1.5 {
            [self.phase, self.phase + 0.1, self.phase + 0.5, self.phase + 0.6]
        } else {
            [self.phase, self.phase + 0.5, self.phase + 0.25, self.phase + 0.75]
        }
    }
}

/// The position of a joint at a distance and an angle (in turns, from straight down) from another.
pub(crate) fn joint(from: Point, turn: f32, long: f32) -> Point {
    (from.0 + fast_sin(turn) * long, from.1 - fast_sin(turn + 0.25) * long)
}

/// A leg from the hip down: thick at the top, slender at the bottom, with a hoof or paw at its end.
pub(crate) struct Leg {
    pub(crate) hip: Point,
    pub(crate) thick: f32,
    pub(crate) hind: bool,
    pub(crate) tone: Rgb,
    pub(crate) foot: Rgb,
}

impl Leg {
    pub(crate) fn draw(&self, b: &mut Brush<'_>, phase: f32, reach: f32) {
        let long = self.hip.1 - 0.02;
        let swing = 0.058 * reach * fast_sin(phase);
        // A leg bends while it moves forward.
        let bend = 0.07 * reach * fast_sin(phase + 0.25).max(0.0);
        let (thigh, shank) = if self.hind {
            (swing + 0.025, swing - 0.03 - bend)
        } else {
            (swing + bend * 0.5, swing - bend)
        };
        let knee = joint(self.hip, thigh, long * 0.5);
        let foot = joint(knee, shank, long * 0.5);
        b.limb(&[self.hip, knee, foot], self.thick * 1.9, self.thick * 0.75, self.tone);
        b.oval(foot.0 + self.thick * 0.2, foot.1.max(0.012), self.thick * 0.62, 0.026, self.foot);
    }
}

/// An animal asleep: curled up on the ground, breathing.
pub(crate) fn asleep(b: &mut Brush<'_>, coat: Rgb, pale: Rgb, t: f32) {
    let breath = 1.0 + 0.035 * fast_sin(t * 0.28);
    b.limb(
        &[(-0.5, 0.12), (-0.62, 0.08), (-0.4, 0.04), (-0.1, 0.05)],
        0.12,
        0.07,
        scale(coat, 0.8),
    );
    b.blob(
        &[
            (-0.56, 0.06),
            (-0.54, 0.26 * breath),
            (-0.26, 0.42 * breath),
            (0.1, 0.4 * breath),
            (0.36, 0.26),
            (0.4, 0.06),
            (0.0, 0.01),
        ],
        coat,
    );
    b.limb(&[(0.1, 0.08), (0.34, 0.05), (0.56, 0.05)], 0.12, 0.09, scale(coat, 1.06));
    b.blob(&[(0.2, 0.3), (0.3, 0.42), (0.32, 0.24)], scale(coat, 0.7));
    b.oval(0.42, 0.22, 0.19, 0.16, coat);
    b.limb(&[(0.46, 0.2), (0.66, 0.13)], 0.2, 0.12, coat);
    b.blob(&[(0.34, 0.34), (0.44, 0.46), (0.5, 0.33)], scale(coat, 0.78));
    b.more(0.64, 0.11, 0.07, 0.05, pale);
    b.oval(0.71, 0.14, 0.024, 0.02, [34, 28, 30]);
    b.line(&[(0.46, 0.23), (0.5, 0.215), (0.54, 0.23)], 0.012, [40, 30, 30]);
}
