//! Combinations of things: players and instruments, people and umbrellas, riders and horses, trains
//! and bridges, sitting people and benches.

use crate::brief::{Brief, Place, Thing, Weather};
use crate::scene::beings::Pose;
use crate::scene::made::instruments;
use crate::scene::plan::{Item, Scene, settle};

impl Scene {
    /// Gives instruments to players; a band without named instruments gets its own.
    pub(super) fn hand_out(&mut self, brief: &Brief) {
        use crate::brief::Genre as G;
        if matches!(self.pose, Pose::Dance | Pose::Ride) {
            return;
        }
        let named = brief.things.iter().map(|t| t.0).filter(|t| instruments::portable(*t));
        let mut theirs: Vec<Thing> = named.collect();
        let band = self.is(Place::Stage) && !brief.things.iter().any(|t| settle::upright(t.0));
        if theirs.is_empty() && band {
            theirs = match brief.genres.first() {
                Some(G::Classical | G::Baroque | G::Waltz) => vec![Thing::Violin; 2],
                Some(G::Jazz | G::Swing | G::Soul | G::Funk | G::March | G::Salsa) => {
                    vec![Thing::Trumpet]
                }
                _ => vec![Thing::Guitar; 2],
            };
        }
        let coloured: Vec<_> = theirs.iter().map(|t| (*t, self.colour_of(*t))).collect();
        let able = |i: &&mut Item| settle::upright(i.thing) && i.thing != Thing::Robot;
        let mut played = 0;
        for (player, instrument) in self.items.iter_mut().filter(able).zip(coloured) {
            player.plays = Some(instrument);
            played += 1;
        }
        // An instrument that is held isn't shown elsewhere.
        theirs.truncate(played);
        self.items.retain(|i| !theirs.contains(&i.thing));
    }

    /// Gives umbrellas to people in the rain.
    pub(super) fn shelter(&mut self) {
        let dry = [Place::Underwater, Place::Room, Place::Stage].iter().any(|p| self.is(*p));
        let strolls = matches!(self.pose, Pose::Walk | Pose::Stand);
        if self.weather != Weather::Rain || dry || !strolls {
            return;
        }
        for item in &mut self.items {
            if item.thing == Thing::Person && item.plays.is_none() {
                item.thing = Thing::Umbrella;
            }
        }
    }

    /// Puts the rider on the horse, or whatever can be ridden.
    pub(super) fn mount(&mut self) {
        let horse = self.items.iter().find(|i| settle::mount(i.thing)).copied();
        let rider = self.items.iter_mut().find(|i| settle::upright(i.thing));
        if let (Some(horse), Some(rider)) = (horse, rider) {
            let back = match horse.thing {
                Thing::Camel | Thing::Elephant => 0.94,
                Thing::Dinosaur => 0.78,
                _ => 0.76,
            };
            (rider.x, rider.flip, rider.self_) = (horse.x, horse.flip, horse.self_);
            rider.size = horse.size * 0.8;
            rider.y = horse.y - horse.size * back + rider.size * 0.44;
            rider.near = horse.near + 0.001;
        }
    }

    /// Puts a train on the bridge that is named with it; a bridge spans the whole picture.
    pub(super) fn cross_bridge(&mut self) {
        let train = self.items.iter().find(|i| i.thing == Thing::Train).copied();
        for bridge in self.items.iter_mut().filter(|i| i.thing == Thing::Bridge) {
            bridge.x = 0.0;
            if let Some(train) = train {
                (bridge.y, bridge.near) = (train.y + 0.16, train.near - 0.01);
                bridge.size = 0.4;
            }
        }
        let high = self.items.iter().find(|i| i.thing == Thing::Bridge).copied();
        if let Some(bridge) = high {
            for train in self.items.iter_mut().filter(|i| i.thing == Thing::Train) {
                train.y = bridge.y - bridge.size * 0.4;
                train.near = bridge.near + 0.01;
            }
        }
    }

    /// Adds a bench for sitting people, unless one is named.
    pub(super) fn seat(&mut self) {
        if self.pose != Pose::Sit {
            return;
        }
        let bench = self.items.iter().find(|i| i.thing == Thing::Bench).copied();
        let mut seats = Vec::new();
        let mut next = -0.3;
        for item in self.items.iter_mut().filter(|i| settle::upright(i.thing)) {
            if let Some(bench) = bench {
                (item.x, item.y) = (bench.x + next * bench.size, bench.y);
                (item.near, item.size) = (bench.near + 0.001, bench.size * 1.9);
                next += 0.6;
            } else {
                let mut seat = Item { thing: Thing::Bench, colour: None, plays: None, ..*item };
                (seat.near, seat.size) = (item.near - 0.001, item.size * 0.52);
                seats.push(seat);
            }
        }
        self.items.extend(seats);
    }
}
