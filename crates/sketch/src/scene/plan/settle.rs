//! Resolves contradictions in a prompt: which place wins, and who rides what.

use crate::brief::{Act, Brief, Place, Thing, Time};
use crate::rng::Rng;
use crate::scene::plan::spots;

/// Upright figures, which can dance or ride.
pub(super) fn upright(thing: Thing) -> bool {
    use Thing as T;
    matches!(
        thing,
        T::Person
            | T::Child
            | T::Dancer
            | T::Astronaut
            | T::Robot
            | T::Knight
            | T::Wizard
            | T::Royal
    )
}

/// Things that can be ridden.
pub(super) fn mount(thing: Thing) -> bool {
    use Thing as T;
    matches!(thing, T::Horse | T::Unicorn | T::Camel | T::Elephant | T::Dinosaur)
}

/// Whether somebody rides: exactly one rider and one mount are named.
pub(super) fn riding(things: &[(Thing, u32)]) -> bool {
    let one =
        |what: fn(Thing) -> bool| things.iter().filter(|t| what(t.0) && t.1 == 1).count() == 1;
    let others = things.iter().any(|t| (upright(t.0) || mount(t.0)) && t.1 != 1);
    one(upright) && one(mount) && !others && !things.iter().any(|t| t.0 == Thing::Robot)
}

/// Decides the place, and removes what contradicts it.
pub(super) fn places(
    brief: &Brief,
    named: &dyn Fn(&[Thing]) -> bool,
    things: &mut Vec<(Thing, u32)>,
    places: &mut Vec<Place>,
    rng: &mut Rng,
) {
    use Place as P;
    use Thing as T;
    let drop = |places: &mut Vec<P>, place: P| places.retain(|p| *p != place);
    let dives = named(&[T::Jellyfish, T::Coral, T::Fish, T::Turtle, T::Submarine, T::Mermaid])
        && !named(&[T::Boat, T::Ship, T::Pier, T::Lighthouse, T::Bird, T::Surfer]);
    if *places == [P::Sea] && dives {
        *places = vec![P::Underwater];
    }
    if places.contains(&P::Underwater) {
        *places = vec![P::Underwater];
    }
    // Palms at the sea imply a beach.
    if *places == [P::Sea] && named(&[T::Palm]) {
        *places = vec![P::Beach];
    }
    // A field of tulips, or of sunflowers, is full of them.
    if places.contains(&P::Meadow) {
        for thing in things.iter_mut().filter(|t| matches!(t.0, T::Flower | T::Sunflower)) {
            thing.1 = 0;
        }
    }
    if named(&[T::Boat, T::Ship, T::Swan, T::Fish]) && places.contains(&P::River) {
        drop(places, P::River);
        places.push(P::Lake);
    }
    if places.contains(&P::Stage) {
        *places = vec![P::Stage];
    }
    if places.contains(&P::Room) {
        // "A cabin's interior" is seen from inside, and so is its window.
        things.retain(|t| !matches!(t.0, T::House));
        places.sort_by_key(|p| *p != P::Room);
    }
    if places.contains(&P::Village) {
        drop(places, P::City);
    }
    if places.contains(&P::Lunar) {
        things.retain(|t| t.0 != T::Moon);
    }
    // A galaxy over the mountains is a starry sky.
    let earthly = [T::Tent, T::Fire, T::House, T::Tree, T::Pine, T::Castle, T::Lighthouse, T::Car];
    let elsewhere = places.iter().any(|p| !matches!(p, P::Space | P::Mars | P::Lunar));
    if places.contains(&P::Space) && (elsewhere || named(&earthly)) {
        drop(places, P::Space);
        if !things.iter().any(|t| t.0 == T::Stars) {
            things.push((T::Stars, 0));
        }
    }
    // A cliff with a lighthouse is at the sea; a bridge in a city crosses a river.
    if named(&[T::Lighthouse]) && places.iter().all(|p| *p == P::Mountains) {
        *places = vec![P::Sea];
    }
    if places.contains(&P::City)
        && (named(&[T::Bridge, T::Boat, T::Ship]) || places.contains(&P::River))
    {
        drop(places, P::River);
        places.push(P::Lake);
    }
    if named(&[T::Surfer]) && !places.contains(&P::Sea) {
        *places = vec![P::Sea];
    }
    if places.is_empty() && named(&[T::Stall]) {
        places.push(P::City);
    }
    let rocket = named(&[T::Rocket]);
    if places.is_empty() && rocket && (brief.acts.contains(&Act::Launch) || daylight(brief)) {
        places.push(P::Meadow);
    }
    if places.is_empty() {
        places.push(spots::home_of(brief, named, rng));
    }
}

fn daylight(brief: &Brief) -> bool {
    matches!(brief.time, Some(Time::Day | Time::Dawn | Time::Sunset))
}
