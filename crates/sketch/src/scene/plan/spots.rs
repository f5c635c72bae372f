//! The table of placements: where a thing usually is, its size, and the default number.

use crate::brief::{Brief, Place, Thing};
use crate::rng::Rng;
use crate::scene::plan::Scene;

/// The usual place of a thing, for prompts without a place.
pub(super) fn home_of(brief: &Brief, named: &dyn Fn(&[Thing]) -> bool, rng: &mut Rng) -> Place {
    use Thing as T;
    // If nothing else is named, shapes fill the picture.
    let shape = |t: &(Thing, u32)| matches!(t.0, T::Cube | T::Ball | T::Heart | T::Flow);
    let shapes = !brief.things.is_empty() && brief.things.iter().all(shape);
    if named(&[T::Astronaut, T::Rocket, T::Planet, T::Earth, T::Ufo]) {
        Place::Space
    } else if named(&[T::Boat, T::Ship, T::Pier]) {
        // Before the fish, because fishing boats float.
        Place::Sea
    } else if named(&[T::Surfer]) {
        Place::Sea
    } else if named(&[T::Bench, T::Fountain, T::Ferris, T::Pumpkin, T::Snail]) {
        Place::Meadow
    } else if named(&[T::Fish, T::Jellyfish, T::Turtle, T::Coral, T::Submarine, T::Mermaid]) {
        Place::Underwater
    } else if named(&[T::Whale, T::Dolphin, T::Lighthouse, T::Island]) {
        Place::Sea
    } else if named(&[T::Cactus, T::Pyramid, T::Camel]) {
        Place::Desert
    } else if named(&[T::Palm, T::Crab]) {
        Place::Beach
    } else if named(&[T::Penguin, T::Aurora, T::Snowman, T::Iceberg]) {
        Place::Arctic
    } else if named(&[T::Crocodile, T::Frog]) {
        Place::River
    } else if named(&[T::Skier]) {
        Place::Mountains
    } else if named(&[T::Swan]) || named(&[T::Bridge]) && !named(&[T::Train]) {
        Place::Lake
    } else if named(&[T::Castle, T::House, T::Windmill, T::Church, T::Football]) {
        Place::Meadow
    } else if named(&[T::Tower, T::Eiffel, T::Bus, T::Robot, T::Fireworks, T::Stall]) {
        Place::City
    } else if named(&[T::Car, T::Bicycle, T::Train]) {
        Place::Road
    } else if named(&[T::Violin, T::Trumpet]) {
        Place::Stage
    } else if named(&[
        T::Cup,
        T::Book,
        T::Candle,
        T::Window,
        T::Piano,
        T::Food,
        T::Bowl,
        T::Pizza,
        T::Fruit,
    ]) {
        Place::Room
    } else if named(&[
        T::Mushroom,
        T::Fox,
        T::Squirrel,
        T::Monkey,
        T::Bamboo,
        T::Wolf,
        T::Owl,
        T::Deer,
        T::Bear,
        T::Tree,
        T::Pine,
        T::Ghost,
        T::Spider,
    ]) {
        Place::Forest
    } else if shapes || brief.title.trim().is_empty() {
        Place::Abstract
    } else if brief.things.is_empty() {
        *rng.pick(&[Place::Lake, Place::Meadow, Place::Mountains, Place::Sea, Place::Forest])
    } else {
        Place::Meadow
    }
}

pub(super) enum Level {
    Ground,
    Air,
    Deep,
    Road,
}

/// How a thing is placed.
pub(super) struct Spot {
    pub(super) level: Level,
    pub(super) near: (f32, f32),
    /// Its height if there is only one.
    pub(super) size: f32,
    /// How many there are for an unspecified plural.
    pub(super) many: u32,
    pub(super) spread: f32,
}

/// The number, size and position of a thing; `None` for things that the sky or the air draws.
pub(super) fn spot_of(thing: Thing, scene: &Scene) -> Option<Spot> {
    use Thing as T;
    let spot = |level, near, size, many, spread| Some(Spot { level, near, size, many, spread });
    let floating = scene.is(Place::Space) || scene.is(Place::Underwater);
    match thing {
        T::Sun
        | T::Moon
        | T::Stars
        | T::Clouds
        | T::Rainbow
        | T::Aurora
        | T::Meteor
        | T::Fireworks
        | T::Planet
        | T::Earth
        | T::Bubbles
        | T::Leaves
        | T::Petals
        | T::Flow
        | T::Firefly => None,
        T::Window if scene.is(Place::Room) => None,
        T::Bird => spot(
            Level::Air,
            (0.5, 0.8),
            if scene.count(thing).is_some() { 0.24 } else { 0.2 },
            9,
            0.8,
        ),
        T::Owl => spot(Level::Deep, (0.8, 0.82), 0.4, 2, 0.4),
        T::Rocket if !floating && !scene.is(Place::Abstract) => {
            spot(Level::Ground, (0.3, 0.34), 0.5, 2, 0.4)
        }
        T::Plane | T::Ufo => spot(Level::Air, (0.3, 0.5), 0.2, 3, 0.6),
        T::Helicopter => spot(Level::Air, (0.5, 0.6), 0.24, 3, 0.6),
        T::Rocket => spot(Level::Deep, (0.5, 0.6), 0.42, 2, 0.4),
        T::Dragon => spot(Level::Air, (0.5, 0.7), 0.34, 2, 0.4),
        T::Balloon => spot(Level::Air, (0.3, 0.8), 0.42, 6, 0.75),
        T::Kite => spot(Level::Air, (0.3, 0.9), 0.22, 6, 0.8),
        T::Lantern => spot(Level::Air, (0.3, 0.9), 0.2, 12, 0.85),
        T::Butterfly | T::Bee => spot(Level::Deep, (0.7, 1.0), 0.22, 7, 0.7),
        T::Football => spot(Level::Ground, (0.86, 0.9), 0.075, 1, 0.2),
        T::Ball | T::Cube | T::Crystal if !floating && !scene.is(Place::Abstract) => {
            spot(Level::Ground, (0.62, 0.9), 0.17, 6, 0.7)
        }
        T::Fish if !floating => spot(Level::Ground, (0.5, 0.78), 0.2, 6, 0.7),
        T::Heart | T::Ball | T::Cube | T::Crystal => spot(Level::Deep, (0.5, 0.9), 0.36, 7, 0.75),
        T::Fish => spot(Level::Deep, (0.4, 1.0), 0.24, 12, 0.8),
        T::Turtle if !floating => spot(Level::Ground, (0.72, 0.86), 0.2, 3, 0.6),
        T::Submarine if floating => spot(Level::Deep, (0.6, 0.8), 0.3, 2, 0.4),
        T::Jellyfish | T::Turtle => spot(Level::Deep, (0.4, 0.9), 0.28, 5, 0.7),
        T::Whale if scene.is(Place::Underwater) => spot(Level::Deep, (0.6, 0.8), 0.3, 2, 0.4),
        _ if floating => spot(Level::Deep, (0.6, 0.9), 0.44, 4, 0.55),
        T::Car => {
            spot(Level::Road, (0.7, 0.72), if scene.is(Place::City) { 0.13 } else { 0.19 }, 5, 0.9)
        }
        T::Bus => spot(Level::Road, (0.7, 0.72), 0.16, 2, 0.7),
        T::Tractor => spot(Level::Ground, (0.6, 0.7), 0.34, 2, 0.5),
        T::Bicycle => spot(Level::Road, (0.7, 0.72), 0.27, 3, 0.6),
        T::Train => spot(Level::Ground, (0.44, 0.45), 0.2, 1, 0.1),
        T::Whale => spot(Level::Ground, (0.45, 0.55), 0.27, 2, 0.4),
        T::Boat => spot(Level::Ground, (0.36, 0.6), 0.42, 3, 0.62),
        T::Ship => spot(Level::Ground, (0.46, 0.52), 0.5, 2, 0.5),
        T::Pier => spot(Level::Ground, (0.6, 0.62), 0.2, 1, 0.1),
        T::Eiffel => spot(Level::Ground, (0.34, 0.36), 0.8, 1, 0.2),
        T::Dolphin if scene.is(Place::Underwater) => spot(Level::Deep, (0.6, 0.8), 0.26, 3, 0.5),
        T::Dolphin => spot(Level::Ground, (0.4, 0.6), 0.3, 3, 0.6),
        T::Panda => spot(Level::Ground, (0.7, 0.8), 0.42, 3, 0.6),
        T::Fuji => spot(Level::Ground, (0.02, 0.03), 0.66, 1, 0.1),
        T::Swan => spot(Level::Ground, (0.6, 0.75), 0.26, 4, 0.6),
        T::Iceberg => spot(Level::Ground, (0.3, 0.5), 0.36, 3, 0.7),
        T::Temple => spot(Level::Ground, (0.4, 0.44), 0.62, 2, 0.5),
        T::Surfer => spot(Level::Ground, (0.62, 0.64), 0.5, 2, 0.4),
        T::Knight | T::Wizard | T::Royal => spot(Level::Ground, (0.66, 0.8), 0.44, 4, 0.7),
        T::Umbrella => spot(Level::Ground, (0.66, 0.82), 0.46, 5, 0.8),
        T::Bench => spot(Level::Ground, (0.7, 0.76), 0.24, 2, 0.4),
        T::Camel => spot(Level::Ground, (0.6, 0.7), 0.44, 4, 0.62),
        T::Wolf => spot(Level::Ground, (0.7, 0.8), 0.34, 4, 0.65),
        T::Tower => spot(Level::Ground, (0.2, 0.3), 0.56, 5, 0.8),
        T::Castle => spot(Level::Ground, (0.2, 0.26), 0.58, 2, 0.5),
        T::Church => spot(Level::Ground, (0.2, 0.3), 0.46, 3, 0.7),
        T::Pyramid => spot(Level::Ground, (0.4, 0.46), 0.46, 3, 0.75),
        T::Lighthouse | T::Windmill => spot(Level::Ground, (0.25, 0.36), 0.5, 3, 0.7),
        T::Volcano => spot(Level::Ground, (0.02, 0.04), 0.56, 1, 0.1),
        T::Waterfall => spot(Level::Ground, (0.14, 0.16), 0.74, 1, 0.1),
        T::Island => spot(Level::Ground, (0.1, 0.2), 0.16, 2, 0.5),
        T::Bridge => spot(Level::Ground, (0.24, 0.26), 0.3, 1, 0.1),
        T::House => spot(Level::Ground, (0.35, 0.55), 0.32, 4, 0.7),
        T::Stall => spot(Level::Ground, (0.3, 0.5), 0.5, 5, 0.9),
        T::Tent => spot(Level::Ground, (0.5, 0.7), 0.26, 2, 0.4),
        T::Cherry => spot(Level::Ground, (0.3, 0.6), 0.56, 5, 0.95),
        T::Bamboo => spot(Level::Ground, (0.3, 0.7), 0.66, 8, 0.95),
        T::Tree | T::Pine | T::Palm => spot(Level::Ground, (0.4, 0.8), 0.62, 7, 0.9),
        T::Cactus => spot(Level::Ground, (0.4, 0.9), 0.4, 6, 0.8),
        T::Sunflower => spot(Level::Ground, (0.45, 1.0), 0.3, 24, 0.98),
        T::Flower | T::Mushroom => spot(Level::Ground, (0.7, 1.0), 0.26, 22, 0.95),
        T::Grass => spot(Level::Ground, (0.6, 1.0), 0.16, 26, 0.95),
        T::Rock => spot(Level::Ground, (0.5, 0.95), 0.16, 7, 0.9),
        T::Coral => spot(Level::Ground, (0.6, 0.95), 0.34, 9, 0.9),
        T::Fire if scene.is(Place::Room) => spot(Level::Ground, (0.46, 0.47), 0.5, 1, 0.1),
        T::Fire => spot(Level::Ground, (0.66, 0.74), 0.2, 3, 0.6),
        T::Lamp => spot(Level::Ground, (0.55, 0.62), 0.36, 4, 0.75),
        T::Candle => spot(Level::Ground, (0.7, 0.85), 0.24, 3, 0.6),
        T::Elephant | T::Giraffe | T::Dinosaur => spot(Level::Ground, (0.6, 0.75), 0.46, 3, 0.9),
        T::Cat | T::Dog | T::Fox => spot(Level::Ground, (0.7, 0.84), 0.31, 4, 0.65),
        T::Rabbit | T::Penguin | T::Sheep => spot(Level::Ground, (0.66, 0.84), 0.29, 5, 0.7),
        T::Child => spot(Level::Ground, (0.66, 0.82), 0.32, 4, 0.65),
        T::Person if scene.has(Thing::Stall) => spot(Level::Ground, (0.4, 0.85), 0.52, 10, 0.95),
        T::Person if scene.is(Place::City) && scene.count(thing).is_none() => {
            spot(Level::Ground, (0.64, 0.82), 0.36, 7, 0.9)
        }
        T::Person => spot(Level::Ground, (0.64, 0.82), 0.42, 6, 0.75),
        T::Piano => spot(Level::Ground, (0.74, 0.76), 0.4, 1, 0.3),
        T::Crocodile => spot(Level::Ground, (0.7, 0.8), 0.24, 2, 0.5),
        T::Squirrel | T::Monkey => spot(Level::Ground, (0.7, 0.84), 0.34, 4, 0.65),
        T::Frog | T::Snake => spot(Level::Ground, (0.66, 0.8), 0.22, 4, 0.6),
        T::Guitar | T::Violin | T::Trumpet => spot(Level::Ground, (0.78, 0.84), 0.38, 2, 0.4),
        T::Spider => spot(Level::Air, (0.7, 0.8), 0.2, 4, 0.7),
        T::Snail | T::Crab | T::Mouse => spot(Level::Ground, (0.74, 0.86), 0.18, 4, 0.6),
        T::Pumpkin => spot(Level::Ground, (0.66, 0.86), 0.22, 6, 0.75),
        T::Fountain => spot(Level::Ground, (0.5, 0.6), 0.42, 1, 0.3),
        T::Ferris => spot(Level::Ground, (0.2, 0.26), 0.72, 1, 0.3),
        T::Cup | T::Book | T::Window | T::Food | T::Bowl | T::Pizza | T::Fruit => {
            spot(Level::Ground, (0.75, 0.85), 0.3, 2, 0.4)
        }
        _ => spot(Level::Ground, (0.66, 0.8), 0.4, 3, 0.7),
    }
}
