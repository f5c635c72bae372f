//! How much anybody may ask for: requests in a minute, streams and generations at once; per owner,
//! per address.
//!
//! It must not know what is asked for. What a generation costs, and how many of one owner may be
//! under way, is decided with the tokens, in the store.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config;
use crate::problem::Problem;

/// An API key, or one visitor of it.
type Owner = (i64, Option<i64>);

/// The counters behind the limits.
pub struct Limits {
    by_owner: DefaultKeyedRateLimiter<Owner>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    streams: AtOnce<Owner>,
    address_streams: AtOnce<IpAddr>,
    address_generations: AtOnce<IpAddr>,
}

/// Counts a stream for as long as it lives.
pub struct StreamGuard {
    _owner: Guard<Owner>,
    _address: Guard<IpAddr>,
}

/// Counts a generation for as long as it is under way.
pub struct GenerationGuard {
    _address: Guard<IpAddr>,
}

impl Limits {
    /// The counters for these limits, all at zero.
    pub fn new(limits: &config::Limits) -> Self {
        let per_minute =
            |count: u32| Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN));
        Self {
            by_owner: RateLimiter::keyed(per_minute(limits.requests_per_minute)),
            by_address: RateLimiter::keyed(per_minute(limits.address_requests_per_minute)),
            streams: AtOnce::new(limits.streams),
            address_streams: AtOnce::new(limits.address_streams),
            address_generations: AtOnce::new(limits.address_generations),
        }
    }

    /// Counts a request of an owner.
    ///
    /// # Errors
    /// 429, where there were too many.
    pub fn request_of(&self, key_id: i64, visitor_id: Option<i64>) -> Result<(), Problem> {
        check(&self.by_owner, &(key_id, visitor_id))
    }

    /// Counts a request from an address.
    ///
    /// # Errors
    /// 429, where there were too many.
    pub fn request_from(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.by_address, &network(address))
    }

    /// Counts a stream until the guard is dropped.
    ///
    /// # Errors
    /// 429, where too many are open.
    pub fn stream(
        &self,
        key_id: i64,
        visitor_id: Option<i64>,
        address: IpAddr,
    ) -> Result<StreamGuard, Problem> {
        let full = || {
            Problem::too_many(
                "Too many event streams are open. Close some, then open this one again.",
                Duration::from_secs(5),
            )
        };
        Ok(StreamGuard {
            _owner: self.streams.enter((key_id, visitor_id)).ok_or_else(full)?,
            _address: self.address_streams.enter(network(address)).ok_or_else(full)?,
        })
    }

    /// Counts a generation that is asked for from an address, until the guard is dropped. `None`:
    /// too many are under way.
    pub fn generation(&self, address: IpAddr) -> Option<GenerationGuard> {
        self.address_generations
            .enter(network(address))
            .map(|address| GenerationGuard { _address: address })
    }

    /// Forgets whoever has not been here for a while.
    pub fn forget_idle(&self) {
        self.by_owner.retain_recent();
        self.by_owner.shrink_to_fit();
        self.by_address.retain_recent();
        self.by_address.shrink_to_fit();
    }
}

fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Problem> {
    limiter.check_key(key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        Problem::too_many("Too many requests. Wait a moment, then try again.", wait)
    })
}

/// What counts as one address: whoever has an IPv6 address has the 2^64 beside it too.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

struct AtOnce<K> {
    limit: u32,
    open: Arc<Mutex<HashMap<K, u32>>>,
}

struct Guard<K: Hash + Eq> {
    key: K,
    open: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Hash + Eq + Copy> AtOnce<K> {
    fn new(limit: u32) -> Self {
        Self { limit, open: Arc::default() }
    }

    fn enter(&self, key: K) -> Option<Guard<K>> {
        let mut open = lock(&self.open);
        let count = open.entry(key).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Guard { key, open: self.open.clone() })
    }
}

impl<K: Hash + Eq> Drop for Guard<K> {
    fn drop(&mut self) {
        let mut open = lock(&self.open);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

fn lock<K>(open: &Mutex<HashMap<K, u32>>) -> MutexGuard<'_, HashMap<K, u32>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

    fn limits() -> Limits {
        Limits::new(&config::Limits {
            requests_per_minute: 2,
            address_requests_per_minute: 3,
            streams: 2,
            address_streams: 3,
            address_generations: 1,
            ..config::Limits::default()
        })
    }

    #[test]
    fn requests_are_counted_per_owner_and_per_network() {
        let limits = limits();
        let of = |visitor| limits.request_of(1, visitor).is_ok();
        assert_eq!([of(None), of(None), of(None), of(Some(1))], [true, true, false, true]);
        let from = |text: &str| limits.request_from(text.parse().unwrap()).is_ok();
        assert!(from("2001:db8::1") && from("2001:db8::2") && from("2001:db8::3:4"));
        assert!(!from("2001:db8::5"));
        assert!(from("2001:db8:0:1::5"));
        assert!(from("127.0.0.1") && from("::ffff:127.0.0.1") && from("127.0.0.1"));
        assert!(!from("::ffff:127.0.0.1"));
    }

    #[test]
    fn a_generation_counts_for_its_network_as_long_as_it_is_under_way() {
        let limits = limits();
        let first = limits.generation("2001:db8::1".parse().unwrap());
        assert!(first.is_some());
        assert!(limits.generation("2001:db8::2".parse().unwrap()).is_none());
        assert!(limits.generation(HOME).is_some());
        drop(first);
        assert!(limits.generation("2001:db8::2".parse().unwrap()).is_some());
    }

    #[test]
    fn a_stream_counts_as_long_as_it_lives() {
        let limits = limits();
        let first = limits.stream(1, None, HOME).ok().unwrap();
        let second = limits.stream(1, None, HOME).ok().unwrap();
        assert!(limits.stream(1, None, HOME).is_err());
        let third = limits.stream(2, None, HOME).ok().unwrap();
        assert!(limits.stream(3, None, HOME).is_err(), "the address has three");
        drop(first);
        assert!(limits.stream(1, None, HOME).is_ok());
        drop((second, third));
        assert!(lock(&limits.streams.open).is_empty());
        assert!(lock(&limits.address_streams.open).is_empty());
    }
}
