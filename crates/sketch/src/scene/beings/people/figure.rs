//! A human figure: its build, its clothes, and how it moves.

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::beings::gait::joint;
use crate::scene::beings::people::{self, dressed};
use crate::scene::canvas::{Kind, Point, Rgb, blend, scale};
use crate::scene::made::instruments;
use crate::scene::plan::Item;
use crate::scene::view::Brush;

/// The pose of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pose {
    Stand,
    Walk,
    Run,
    Dance,
    /// On a horse.
    Ride,
    /// On a bench, or on the ground.
    Sit,
    /// Floating weightlessly.
    Float,
    /// Knees bent, arms outstretched.
    Balance,
}

/// The look of a figure.
pub(super) struct Figure {
    pose: Pose,
    skin: Rgb,
    hair: Rgb,
    top: Rgb,
    legs: Rgb,
    /// The thickness of the limbs, as a factor.
    bulk: f32,
    /// The size of the head: half its width.
    head: f32,
    /// The heights of the hips and of the neck.
    hip: f32,
    neck: f32,
    dress: bool,
    long_hair: bool,
    hat: bool,
    suit: bool,
    /// A robe down to the feet.
    robe: bool,
    /// A fish's tail instead of legs.
    tail: bool,
}

impl Figure {
    /// A figure of this kind; its number decides what the prompt leaves open.
    pub(super) fn of(item: &Item, pose: Pose) -> Self {
        const SKIN: [Rgb; 5] =
            [[236, 190, 158], [206, 150, 112], [150, 100, 70], [246, 206, 180], [110, 74, 54]];
        const HAIR: [Rgb; 5] =
            [[60, 42, 34], [150, 96, 50], [34, 30, 34], [210, 170, 100], [120, 60, 40]];
        const TOP: [Rgb; 6] = [
            [190, 66, 60],
            [64, 104, 166],
            [226, 172, 72],
            [76, 138, 104],
            [232, 228, 216],
            [128, 84, 160],
        ];
        let pick = |set: &[Rgb], salt: f32| set[(item.self_ * salt) as usize % set.len()];
        let one_in = |salt: f32, n: u32| ((item.self_ * salt) as u32).is_multiple_of(n);
        let mermaid = item.thing == Thing::Mermaid;
        let woman = mermaid || people::is_woman(item.self_);
        let child = item.thing == Thing::Child;
        let suit = item.thing == Thing::Astronaut;
        let (knight, wizard, royal) =
            (item.thing == Thing::Knight, item.thing == Thing::Wizard, item.thing == Thing::Royal);
        let surfer = item.thing == Thing::Surfer;
        let sporty = surfer || mermaid || item.thing == Thing::Skier;
        let bare = suit || knight || wizard || sporty || item.thing == Thing::Umbrella;
        let usual = match item.thing {
            Thing::Astronaut => [238, 240, 244],
            Thing::Knight => [176, 184, 196],
            Thing::Wizard => [74, 62, 150],
            Thing::Royal => [128, 60, 140],
            Thing::Surfer => [40, 52, 70],
            _ => pick(&TOP, 61.0),
        };
        let top = match item.thing {
            // The colour of an umbrella doesn't apply to the person under it.
            Thing::Umbrella => usual,
            Thing::Mermaid => pick(&SKIN, 83.0),
            _ => item.colour.unwrap_or(usual),
        };
        Self {
            pose,
            skin: pick(&SKIN, 83.0),
            hair: pick(&HAIR, 29.0),
            top,
            legs: if suit || knight || surfer {
                scale(top, 0.94)
            } else if mermaid {
                item.colour.unwrap_or([38, 148, 132])
            } else {
                [[52, 58, 84], [70, 62, 60]][usize::from(woman)]
            },
            bulk: if suit {
                1.75
            } else if knight {
                1.3
            } else {
                1.0
            },
            head: if child {
                0.125
            } else if suit {
                0.12
            } else {
                0.085
            },
            hip: if child { 0.4 } else { 0.47 },
            neck: if child { 0.68 } else { 0.79 },
            dress: wizard
                || royal && woman
                || woman && !bare && (item.thing == Thing::Dancer || !one_in(53.0, 3)),
            long_hair: woman && !suit && !knight,
            hat: !woman && !bare && !royal && !child && one_in(71.0, 3),
            suit,
            robe: wizard || royal && woman,
            tail: mermaid,
        }
    }
}

/// Draws the figure with its feet at the origin, one unit tall.
pub(super) fn draw(b: &mut Brush<'_>, f: &Figure, item: &Item, t: f32) {
    let pace = match f.pose {
        Pose::Stand | Pose::Ride | Pose::Sit => 0.12,
        Pose::Walk => 0.85,
        Pose::Run => 1.5,
        Pose::Dance => 0.62,
        Pose::Float => 0.14,
        Pose::Balance => 0.3,
    };
    let beat = fast_sin(t * pace);
    let twice = fast_sin(t * pace * 2.0 + 0.1);
    let bounce = match f.pose {
        Pose::Walk | Pose::Run => 0.012 * twice,
        Pose::Dance => 0.03 * twice.abs() - 0.01,
        _ => 0.004 * twice,
    };
    let sway = if f.pose == Pose::Dance { 0.05 * beat } else { 0.0 };
    let lean = match f.pose {
        Pose::Run => 0.07,
        Pose::Dance => -0.05 * beat,
        _ => 0.012,
    };
    // Sitting figures are lower by most of a thigh.
    let low = match f.pose {
        Pose::Sit => f.hip * 0.46,
        Pose::Balance => 0.07,
        _ => 0.0,
    };
    let hip = (sway, f.hip + bounce - low);
    let neck = (sway + lean, f.neck + bounce - low);
    let side = |way: f32| -> [Point; 3] {
        let (thigh, knee) = match f.pose {
            Pose::Stand => (0.012 * way, 0.0),
            Pose::Ride => (0.15 - 0.02 * way, 0.17),
            Pose::Sit => (0.24 - 0.01 * way, 0.25),
            Pose::Walk => {
                (0.058 * beat * way, 0.045 * (0.6 - fast_sin(t * pace + 0.2) * way).max(0.0))
            }
            Pose::Run => {
                (0.13 * beat * way, 0.12 * (0.9 - fast_sin(t * pace + 0.2) * way).max(0.1))
            }
            Pose::Dance => {
                let up = (beat * way).max(0.0);
                (0.035 * way + 0.11 * up * way, 0.15 * up * way)
            }
            Pose::Float => (0.05 * way + 0.02 * beat, 0.08 + 0.03 * twice * way),
            Pose::Balance => (0.07 * way + 0.1, 0.16 + 0.01 * beat),
        };
        let half = f.hip * 0.5;
        let knee_at = joint((hip.0 + 0.03 * way, hip.1), thigh, half);
        let foot = joint(knee_at, thigh - knee, half * 0.96);
        [(hip.0 + 0.03 * way, hip.1), knee_at, foot]
    };
    let hands = item.plays.map(|(instrument, _)| instruments::hands(instrument, neck, t));
    let arm = |way: f32| -> [Point; 3] {
        let shoulder = (neck.0 + 0.085 * way * f.bulk.min(1.3), neck.1 - 0.035);
        if let Some(hands) = hands {
            let hand = hands[usize::from(way < 0.0)];
            let elbow = ((shoulder.0 + hand.0) * 0.5, (shoulder.1 + hand.1) * 0.5 - 0.06);
            return [shoulder, elbow, hand];
        }
        let (upper, fore) = match f.pose {
            _ if item.thing == Thing::Umbrella && way > 0.0 => (0.1, 0.28),
            Pose::Stand => (0.03 * way, 0.02 * way),
            Pose::Ride => (0.09 + 0.02 * way, 0.1),
            Pose::Sit => (0.06 + 0.01 * way, 0.12),
            Pose::Walk => (-0.07 * beat * way, 0.035),
            Pose::Run => (-0.12 * beat * way, 0.2),
            Pose::Dance => {
                let up = 0.5 + 0.5 * fast_sin(t * pace + if way > 0.0 { 0.0 } else { 0.5 });
                (way * (0.17 + 0.2 * up), way * (0.05 + 0.1 * up))
            }
            Pose::Float => (way * (0.15 + 0.02 * beat), way * 0.04),
            Pose::Balance => (way * (0.23 + 0.02 * beat), way * 0.05),
        };
        let elbow = joint(shoulder, upper, f.neck * 0.2);
        [shoulder, elbow, joint(elbow, upper + fore, f.neck * 0.19)]
    };
    let thick = f.bulk;
    let shoe = if f.suit { [150, 154, 164] } else { scale(f.hair, 0.7) };
    let leg = |b: &mut Brush<'_>, way: f32, tone: Rgb| {
        let points = side(way);
        b.limb(&points, 0.095 * thick, 0.055 * thick, tone);
        let foot = points[2];
        b.oval(
            foot.0 + 0.022,
            (foot.1 - 0.004).max(0.014),
            0.046 * thick.min(1.4),
            0.022 * thick,
            shoe,
        );
    };
    let hand = |b: &mut Brush<'_>, way: f32, tone: Rgb| {
        let points = arm(way);
        b.limb(&points, 0.066 * thick, 0.044 * thick, tone);
        let palm = if f.suit { [150, 154, 164] } else { f.skin };
        b.oval(points[2].0, points[2].1, 0.026 * thick.min(1.4), 0.026 * thick.min(1.4), palm);
    };
    b.bulge(0.7);
    dressed::behind(b, item, neck.1, t);
    b.bulge(0.7);
    hand(b, -1.0, scale(f.top, 0.76));
    if f.suit {
        b.poly(
            &[
                (neck.0 - 0.2, neck.1),
                (neck.0 + 0.02, neck.1),
                (hip.0, hip.1 + 0.02),
                (hip.0 - 0.2, hip.1 + 0.04),
            ],
            [176, 182, 192],
        );
    }
    let bare = f.dress && !f.suit;
    if f.tail {
        dressed::tail(b, hip, f.legs, t);
    } else {
        leg(b, -1.0, if bare { scale(f.skin, 0.82) } else { scale(f.legs, 0.8) });
        leg(b, 1.0, if bare { f.skin } else { f.legs });
    }
    let wide = 0.1 * thick.min(1.45);
    if f.long_hair {
        let fly = 0.03 * beat;
        b.blob(
            &[
                (neck.0 - 0.07 - fly, neck.1 - 0.1),
                (neck.0 + 0.03, neck.1 - 0.06),
                (neck.0 + f.head * 0.7, neck.1 + f.head * 1.6),
                (neck.0 - f.head, neck.1 + f.head * 1.7),
            ],
            scale(f.hair, 0.85),
        );
    }
    if f.dress {
        let flare =
            0.17 + if f.pose == Pose::Dance { 0.05 + 0.05 * beat.abs() } else { 0.015 * beat };
        let hem = if f.robe { 0.03 } else { f.hip * 0.46 + bounce };
        b.blob(
            &[
                (neck.0 - wide * 0.8, neck.1 - 0.01),
                (neck.0, neck.1 + 0.005),
                (neck.0 + wide * 0.8, neck.1 - 0.01),
                (hip.0 + wide * 0.62, hip.1 + 0.1),
                (hip.0 + flare + sway, hem + 0.02),
                (hip.0 + flare * 0.4, hem - 0.02),
                (hip.0 - flare * 0.4, hem - 0.02),
                (hip.0 - flare + sway, hem + 0.02),
                (hip.0 - wide * 0.62, hip.1 + 0.1),
            ],
            f.top,
        );
    } else {
        b.blob(
            &[
                (neck.0 - wide, neck.1 - 0.015),
                (neck.0, neck.1 + 0.012),
                (neck.0 + wide, neck.1 - 0.015),
                (neck.0 + wide * 1.02, neck.1 - 0.1),
                (hip.0 + wide * 0.82, hip.1 - 0.02),
                (hip.0, hip.1 - 0.045),
                (hip.0 - wide * 0.82, hip.1 - 0.02),
                (neck.0 - wide * 1.02, neck.1 - 0.1),
            ],
            f.top,
        );
    }
    if f.suit {
        b.rect(neck.0 - 0.06, neck.1 - 0.16, 0.13, 0.08, [120, 128, 142]);
        for (i, tone) in [[230, 90, 70], [90, 200, 120], [90, 150, 230]].into_iter().enumerate() {
            b.oval(neck.0 - 0.03 + 0.035 * i as f32, neck.1 - 0.12, 0.012, 0.012, tone);
        }
    }
    head(b, f, neck);
    if let (Some(instrument), Some(hands)) = (item.plays, hands) {
        instruments::held(b, instrument, neck, hands);
    }
    let at = arm(1.0)[2];
    dressed::before(b, item, (neck.0 + 0.012, neck.1 + f.head * 1.15 + 0.01), at, t);
    b.bulge(0.7).kind(Kind::Figure);
    hand(b, 1.0, f.top);
}

fn head(b: &mut Brush<'_>, f: &Figure, neck: Point) {
    let r = f.head;
    let (x, y) = (neck.0 + 0.012, neck.1 + r * 1.15 + 0.01);
    b.bulge(0.85);
    if f.suit {
        b.oval(x, y, r * 1.12, r * 1.12, f.top);
        b.oval(x + r * 0.18, y, r * 0.86, r * 0.76, [34, 48, 84]);
        b.more(x + r * 0.02, y + r * 0.3, r * 0.42, r * 0.22, [150, 190, 226]);
        b.more(x + r * 0.5, y - r * 0.28, r * 0.12, r * 0.16, [224, 168, 96]);
        return;
    }
    b.limb(&[(neck.0, neck.1 - 0.03), (x, y - r * 0.5)], 0.05, 0.05, scale(f.skin, 0.86));
    b.oval(x, y, r * 0.92, r * 1.06, f.skin);
    // The hair: a cap over the back and the top of the head.
    b.blob(
        &[
            (x + r * 0.86, y + r * 0.42),
            (x + r * 0.5, y + r * 1.1),
            (x - r * 0.3, y + r * 1.2),
            (x - r * 0.98, y + r * 0.6),
            (x - r * 0.98, y - r * 0.25),
            (x - r * 0.5, y - r * 0.1),
            (x - r * 0.3, y + r * 0.5),
            (x + r * 0.3, y + r * 0.55),
        ],
        f.hair,
    );
    if f.hat {
        b.oval(x, y + r * 0.62, r * 1.35, r * 0.2, scale(f.hair, 0.8));
        b.blob(
            &[
                (x - r * 0.8, y + r * 0.62),
                (x - r * 0.7, y + r * 1.35),
                (x + r * 0.7, y + r * 1.35),
                (x + r * 0.8, y + r * 0.62),
            ],
            blend(f.top, f.hair, 0.6),
        );
    }
    b.bulge(0.0);
    for side in [0.16, 0.62] {
        b.oval(x + r * side, y + r * 0.06, r * 0.09, r * 0.13, [30, 26, 30]);
    }
    b.oval(x + r * 0.06, y - r * 0.26, r * 0.16, r * 0.09, blend(f.skin, [236, 100, 90], 0.35));
    b.poly(
        &[
            (x + r * 0.2, y - r * 0.42),
            (x + r * 0.42, y - r * 0.52),
            (x + r * 0.62, y - r * 0.42),
            (x + r * 0.42, y - r * 0.6),
        ],
        [150, 60, 56],
    );
    b.bulge(0.7).kind(Kind::Figure);
}
