//! Animals, people and similar figures, as simple moving shapes.

mod beasts;
mod birds;
mod dragon;
mod equine;
mod gait;
pub(crate) mod people;
mod pets;
mod small;
mod wild;
mod winged;

use crate::brief::Thing;
use crate::math::fast_sin;
use crate::scene::canvas::Rgb;
use crate::scene::plan::Item;
use crate::scene::view::Brush;

pub(crate) use gait::Gait;
pub(crate) use people::Pose;

/// How far a thing has moved after `t` seconds, in picture heights: to the right, and down. `still`
/// things on the ground don't move.
pub(crate) fn drift(item: &Item, t: f32, still: bool) -> (f32, f32) {
    use Thing as T;
    let way = if item.flip { -1.0 } else { 1.0 };
    let bob = |pace: f32, far: f32| fast_sin(t * pace + item.self_ * 7.0) * far;
    // Moves across the picture, and re-enters on the other side.
    let cross = |pace: f32| {
        let x = item.x + way * t * pace * (0.8 + 0.4 * item.self_);
        let x = x - way * pace * 3.0;
        (x + 1.15).rem_euclid(2.3) - 1.15 - item.x
    };
    match item.thing {
        _ if item.plays.is_some() => (0.0, 0.0),
        T::Turtle if still => (0.0, 0.0),
        T::Bird => (cross(0.06), bob(0.2, 0.03)),
        T::Butterfly | T::Bee => (bob(0.15, 0.12), bob(0.37, 0.06)),
        T::Fish => (cross(0.06), bob(0.2, 0.015)),
        T::Whale | T::Turtle => (cross(0.025), bob(0.1, 0.02)),
        T::Jellyfish => (bob(0.05, 0.03), bob(0.16, 0.05)),
        T::Submarine => (cross(0.03), bob(0.1, 0.012)),
        T::Mermaid => (cross(0.03), bob(0.14, 0.03)),
        T::Helicopter => (cross(0.05), bob(0.12, 0.012)),
        T::Tractor => (cross(0.03), 0.0016 * fast_sin(t * 2.6)),
        T::Skier => (cross(0.1), bob(0.2, 0.006)),
        T::Crocodile | T::Snake => (cross(0.012), 0.0),
        T::Snail => (cross(0.004), 0.0),
        T::Crab => (bob(0.06, 0.08), 0.0),
        T::Spider => (0.0, bob(0.1, 0.04)),
        T::Frog => (0.0, -0.05 * fast_sin((t * 0.34 + item.self_).fract() * 2.5).max(0.0)),
        T::Car | T::Bus => (cross(0.16), 0.002 * fast_sin(t * 2.3)),
        T::Bicycle => (cross(0.08), 0.0),
        T::Train => (t * 0.16 - 0.45, 0.0),
        T::Boat | T::Ship => (cross(0.016), bob(0.15, 0.004)),
        T::Plane => (cross(0.08), -0.01 * t),
        T::Ufo => (bob(0.11, 0.16), bob(0.23, 0.04)),
        T::Rocket => (bob(0.2, 0.004), 0.22 - 0.08 * t),
        T::Balloon => (bob(0.04, 0.05) + t * 0.004, bob(0.09, 0.02) - t * 0.006),
        T::Lantern => (bob(0.06, 0.03), 0.15 - t * 0.03),
        T::Kite => (bob(0.1, 0.06), bob(0.17, 0.04)),
        T::Dragon => (cross(0.05), bob(0.18, 0.03)),
        T::Ball | T::Cube | T::Crystal if still => (0.0, 0.0),
        T::Heart | T::Ball | T::Cube | T::Crystal => (bob(0.05, 0.03), bob(0.12, 0.04)),
        T::Astronaut if still => (0.0, 0.0),
        T::Astronaut => (bob(0.05, 0.06), bob(0.08, 0.05)),
        T::Ghost => (bob(0.07, 0.08), bob(0.2, 0.03)),
        T::Person
        | T::Child
        | T::Dog
        | T::Horse
        | T::Fox
        | T::Deer
        | T::Lion
        | T::Wolf
        | T::Tiger
        | T::Unicorn
        | T::Camel
        | T::Knight
        | T::Wizard
        | T::Royal
        | T::Umbrella
            if still =>
        {
            (0.0, 0.0)
        }
        T::Football => (bob(0.23, 0.3), -bob(0.46, 0.06).abs()),
        T::Child => (cross(0.05), 0.0),
        T::Tiger | T::Dog | T::Horse | T::Unicorn | T::Fox | T::Wolf | T::Deer | T::Lion => {
            (cross(0.045), 0.0)
        }
        T::Person | T::Knight | T::Wizard | T::Royal | T::Umbrella | T::Camel => {
            (cross(0.022), 0.0)
        }
        T::Swan => (cross(0.03), bob(0.2, 0.004)),
        T::Dolphin => {
            let leap = leap(item, t);
            (way * 0.36 * (leap - 0.5), 0.22 - 0.42 * fast_sin(leap * 0.5))
        }
        T::Surfer => (bob(0.06, 0.06), bob(0.21, 0.012)),
        T::Iceberg => (bob(0.03, 0.01), bob(0.08, 0.006)),
        _ => (0.0, 0.0),
    }
}

/// Whether a thing faces its direction of motion.
pub(crate) fn turns(thing: Thing) -> bool {
    !matches!(
        thing,
        Thing::Rocket
            | Thing::Balloon
            | Thing::Lighthouse
            | Thing::Train
            | Thing::Eiffel
            | Thing::Temple
            | Thing::Pumpkin
    )
}
/// Rings and drops where something entered the water or is about to leave it.
pub(crate) fn splash(b: &mut Brush<'_>, age: f32) {
    b.bulge(0.0);
    let age = age.clamp(0.0, 1.0);
    for i in 0..9 {
        let side = i as f32 / 4.0 - 1.0;
        let up = 0.3 * (1.0 - age) * (1.0 - side * side * 0.6);
        b.oval(side * (0.25 + 0.3 * age), up, 0.045, 0.06 * (1.2 - age), [240, 248, 252]);
    }
    b.line(&[(-0.3 - 0.3 * age, 0.0), (0.3 + 0.3 * age, 0.0)], 0.03, [226, 242, 248]);
}

/// The phase of a dolphin's leap, from 0 to 1.
pub(crate) fn leap(item: &Item, t: f32) -> f32 {
    (t * 0.36 + item.self_ + 0.1).fract()
}

/// Whether a thing lies down to sleep.
pub(crate) fn tires(thing: Thing) -> bool {
    use Thing as T;
    matches!(
        thing,
        T::Dog
            | T::Cat
            | T::Fox
            | T::Wolf
            | T::Tiger
            | T::Lion
            | T::Bear
            | T::Horse
            | T::Deer
            | T::Rabbit
    )
}

/// Draws the thing; a thing without a figure of its own is drawn as a ball of light.
pub(crate) fn draw(b: &mut Brush<'_>, item: &Item, pose: Pose, gait: Gait) {
    let t = gait.t;
    b.bulge(0.8);
    if !(equine::draw(b, item, gait)
        || beasts::draw(b, item, gait)
        || small::draw(b, item, t)
        || winged::draw(b, item, t)
        || people::draw(b, item, pose, t))
    {
        let any =
            |set: &[Rgb]| item.colour.unwrap_or(set[(item.self_ * 97.0) as usize % set.len()]);
        b.oval(
            0.0,
            0.5,
            0.5,
            0.5,
            any(&[[230, 90, 80], [90, 150, 230], [240, 190, 70], [120, 190, 130], [190, 120, 210]]),
        );
    }
}
