//! People and other upright figures.

mod dressed;
mod figure;

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::{Kind, Rgb, scale};
use crate::scene::plan::Item;
use crate::scene::view::Brush;
use figure::Figure;
pub(crate) use figure::Pose;

/// Whether the figure with this number is a woman.
pub(crate) fn is_woman(self_: f32) -> bool {
    ((self_ * 37.0) as u32).is_multiple_of(2)
}

/// The nearest number whose figure is a woman, or a man.
pub(crate) fn one_of(mut self_: f32, woman: Option<bool>) -> f32 {
    while woman.is_some_and(|woman| is_woman(self_) != woman) {
        self_ = (self_ + 1.0 / 37.0).fract();
    }
    self_
}

/// Draws the thing if it is one of these; returns false if not.
pub(super) fn draw(b: &mut Brush<'_>, item: &Item, pose: Pose, t: f32) -> bool {
    use Thing as T;
    let own = |usual: Rgb| item.colour.unwrap_or(usual);
    let stride = fast_sin(t * 0.9 + item.self_ * 3.0);
    match item.thing {
        T::Person
        | T::Child
        | T::Dancer
        | T::Astronaut
        | T::Knight
        | T::Wizard
        | T::Royal
        | T::Umbrella
        | T::Mermaid
        | T::Skier
        | T::Surfer => {
            let pose = match item.thing {
                T::Surfer | T::Skier => Pose::Balance,
                T::Mermaid => Pose::Float,
                _ => pose,
            };
            figure::draw(b, &Figure::of(item, pose), item, t + item.self_ * 4.0);
        }
        T::Robot => {
            let steel = own([150, 162, 176]);
            let swing = stride * 0.1;
            b.bulge(0.5);
            let lift = if pose == Pose::Dance { 0.35 } else { 0.0 };
            for x in [-0.1f32, 0.1] {
                b.rect(x - 0.05, 0.0, 0.1, 0.32, scale(steel, 0.75));
                b.line(
                    &[
                        (x * 2.4, 0.62),
                        (x * 2.9, 0.45 + lift * 0.5),
                        (x * 2.7 + swing, 0.32 + lift * (1.4 + swing * x.signum() * 4.0)),
                    ],
                    0.07,
                    scale(steel, 0.85),
                );
            }
            b.rect(-0.2, 0.3, 0.4, 0.38, steel);
            b.rect(-0.15, 0.7, 0.3, 0.22, scale(steel, 1.1));
            b.line(&[(0.0, 0.92), (0.0, 1.02)], 0.02, steel);
            b.kind(Kind::Light);
            for x in [-0.07, 0.07] {
                b.oval(x, 0.82, 0.035, 0.035, [90, 230, 255]);
            }
            b.oval(0.0, 0.5, 0.05, 0.05, [255, 120, 80]);
            b.glow(0.0, 0.82, 0.25, [90, 230, 255], 0.35);
        }
        T::Ghost => {
            let wave = |k: f32| 0.06 + 0.06 * fast_sin(t * 0.5 + k);
            b.poly(
                &[
                    (-0.3, 0.6),
                    (-0.2, 0.9),
                    (0.0, 1.0),
                    (0.2, 0.9),
                    (0.3, 0.6),
                    (0.34, wave(0.1)),
                    (0.17, 0.14),
                    (0.0, wave(0.5)),
                    (-0.17, 0.14),
                    (-0.34, wave(0.8)),
                ],
                own([232, 238, 246]),
            );
            for x in [-0.09, 0.11] {
                b.oval(x, 0.74, 0.05, 0.07, [40, 40, 56]);
            }
            b.glow(0.0, 0.5, 0.8, [160, 190, 230], 0.3);
        }
        T::Snowman => {
            for (y, r) in [(0.22, 0.26), (0.58, 0.19), (0.86, 0.14)] {
                b.oval(0.0, y, r, r, [246, 248, 252]);
            }
            b.poly(&[(0.02, 0.88), (0.02, 0.82), (0.24, 0.84)], [240, 130, 40]);
            for (x, y) in [(-0.05, 0.91), (0.06, 0.91), (0.0, 0.64), (0.0, 0.54)] {
                b.oval(x, y, 0.02, 0.02, [40, 40, 44]);
            }
            b.rect(-0.14, 0.98, 0.28, 0.03, [44, 44, 52]);
            b.rect(-0.09, 1.0, 0.18, 0.16, [44, 44, 52]);
            b.rect(-0.13, 0.7, 0.26, 0.06, own([206, 60, 54]));
        }
        _ => return false,
    }
    true
}
