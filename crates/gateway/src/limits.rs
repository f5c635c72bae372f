//! Rate limits and concurrency limits: requests per minute, open streams, active generations; per
//! owner and per address.
//!
//! It must not know HTTP, nor what is requested. Prices and the active generations per owner are
//! checked with the tokens, in the store.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config;
use crate::domain::Owner;

/// The limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitExceeded {
    /// Too many requests in a minute.
    #[error("too many requests")]
    Requests {
        /// How long to wait before the next one.
        wait: Duration,
    },
    /// Too many open event streams.
    #[error("too many event streams are open")]
    Streams,
    /// Too many pictures are being uploaded at once.
    #[error("too many uploads are in progress")]
    Uploads,
}

/// The counters behind the limits.
pub struct Limits {
    by_owner: DefaultKeyedRateLimiter<Owner>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    by_admin: DefaultKeyedRateLimiter<i64>,
    streams: Concurrency<Owner>,
    address_streams: Concurrency<IpAddr>,
    address_generations: Concurrency<IpAddr>,
    address_connections: Concurrency<IpAddr>,
    uploads: Concurrency<Owner>,
    address_uploads: Concurrency<IpAddr>,
    all_uploads: Concurrency<()>,
    address_readers: Concurrency<IpAddr>,
    all_readers: Concurrency<()>,
}

/// The part of all media files open at once that one address may have open, and how many it may have
/// where that is few.
const READERS_PART: u32 = 4;
const READERS_AT_LEAST: u32 = 16;

/// How many pictures one owner, one address and all clients together may be sending at once. Each
/// is held in memory until it is complete.
const UPLOADS_AT_ONCE: (u32, u32, u32) = (4, 8, 32);

/// Counts an upload for as long as it is being sent.
pub struct UploadPermit {
    _owner: Permit<Owner>,
    _address: Permit<IpAddr>,
    _all: Permit<()>,
}

/// Counts a media file for as long as it is open for its reader.
pub struct ReaderPermit {
    _address: Permit<IpAddr>,
    _all: Permit<()>,
}

/// Counts a connection for as long as it is open.
pub struct ConnectionPermit {
    _address: Permit<IpAddr>,
}

/// Counts a stream for as long as it is open.
pub struct StreamPermit {
    _owner: Permit<Owner>,
    _address: Permit<IpAddr>,
}

/// Counts a generation for as long as it is active.
pub struct GenerationPermit {
    _address: Permit<IpAddr>,
}

impl Limits {
    /// The counters for these limits, all at zero. So many media files may be open at once for their
    /// readers.
    pub fn new(limits: &config::Limits, media_readers: u32) -> Self {
        let per_minute =
            |count: u32| Quota::per_minute(NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN));
        Self {
            by_owner: RateLimiter::keyed(per_minute(limits.requests_per_minute)),
            by_address: RateLimiter::keyed(per_minute(limits.address_requests_per_minute)),
            by_admin: RateLimiter::keyed(per_minute(limits.admin_requests_per_minute)),
            streams: Concurrency::new(limits.streams),
            address_streams: Concurrency::new(limits.address_streams),
            address_generations: Concurrency::new(limits.address_generations),
            address_connections: Concurrency::new(limits.address_connections),
            uploads: Concurrency::new(UPLOADS_AT_ONCE.0),
            address_uploads: Concurrency::new(UPLOADS_AT_ONCE.1),
            all_uploads: Concurrency::new(UPLOADS_AT_ONCE.2),
            address_readers: Concurrency::new((media_readers / READERS_PART).max(READERS_AT_LEAST)),
            all_readers: Concurrency::new(media_readers),
        }
    }

    /// Counts a request of an owner.
    ///
    /// # Errors
    /// [`LimitExceeded::Requests`]
    pub fn request_of(&self, key_id: i64, visitor_id: Option<i64>) -> Result<(), LimitExceeded> {
        check(&self.by_owner, &(key_id, visitor_id))
    }

    /// Counts a request of an administrator.
    ///
    /// # Errors
    /// [`LimitExceeded::Requests`]
    pub fn request_of_admin(&self, admin_id: i64) -> Result<(), LimitExceeded> {
        check(&self.by_admin, &admin_id)
    }

    /// Counts a request from an address.
    ///
    /// # Errors
    /// [`LimitExceeded::Requests`]
    pub fn request_from(&self, address: IpAddr) -> Result<(), LimitExceeded> {
        check(&self.by_address, &network(address))
    }

    /// Counts a stream until the permit is dropped.
    ///
    /// # Errors
    /// [`LimitExceeded::Streams`]
    pub fn stream(
        &self,
        key_id: i64,
        visitor_id: Option<i64>,
        address: IpAddr,
    ) -> Result<StreamPermit, LimitExceeded> {
        let full = || LimitExceeded::Streams;
        Ok(StreamPermit {
            _owner: self.streams.acquire((key_id, visitor_id)).ok_or_else(full)?,
            _address: self.address_streams.acquire(network(address)).ok_or_else(full)?,
        })
    }

    /// Counts a stream of an administrator until the permit is dropped.
    ///
    /// # Errors
    /// [`LimitExceeded::Streams`]
    pub fn stream_of_admin(
        &self,
        admin_id: i64,
        address: IpAddr,
    ) -> Result<StreamPermit, LimitExceeded> {
        // Rows of keys and of administrators are counted from 1: below 0 there are no keys.
        self.stream(-admin_id, None, address)
    }

    /// Counts a generation that an address submits, until the permit is dropped. `None`: too many
    /// are active.
    pub fn generation(&self, address: IpAddr) -> Option<GenerationPermit> {
        self.address_generations
            .acquire(network(address))
            .map(|address| GenerationPermit { _address: address })
    }

    /// Counts a connection from an address, until the permit is dropped. `None`: too many are open.
    pub fn connection(&self, address: IpAddr) -> Option<ConnectionPermit> {
        self.address_connections
            .acquire(network(address))
            .map(|address| ConnectionPermit { _address: address })
    }

    /// Counts a media file that is open for a reader at an address, until the permit is dropped. `None`:
    /// too many are open. Who reads slowly over many requests keeps no descriptor from the others.
    pub fn media_reader(&self, address: IpAddr) -> Option<ReaderPermit> {
        let address = self.address_readers.acquire(network(address))?;
        Some(ReaderPermit { _address: address, _all: self.all_readers.acquire(())? })
    }

    /// Counts an upload until the permit is dropped.
    ///
    /// # Errors
    /// [`LimitExceeded::Uploads`]
    pub fn upload(
        &self,
        key_id: i64,
        visitor_id: Option<i64>,
        address: IpAddr,
    ) -> Result<UploadPermit, LimitExceeded> {
        let full = || LimitExceeded::Uploads;
        Ok(UploadPermit {
            _owner: self.uploads.acquire((key_id, visitor_id)).ok_or_else(full)?,
            _address: self.address_uploads.acquire(network(address)).ok_or_else(full)?,
            _all: self.all_uploads.acquire(()).ok_or_else(full)?,
        })
    }

    /// Forgets owners and addresses that have been idle for a while.
    pub fn forget_idle(&self) {
        self.by_owner.retain_recent();
        self.by_owner.shrink_to_fit();
        self.by_address.retain_recent();
        self.by_address.shrink_to_fit();
        self.by_admin.retain_recent();
    }
}

fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), LimitExceeded> {
    limiter.check_key(key).map_err(|until| LimitExceeded::Requests {
        wait: until.wait_time_from(DefaultClock::default().now()),
    })
}

/// What counts as one address: a client with an IPv6 address usually has the whole /64 network of
/// 2^64 addresses.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

struct Concurrency<K> {
    limit: u32,
    open: Arc<Mutex<HashMap<K, u32>>>,
}

struct Permit<K: Hash + Eq> {
    key: K,
    open: Arc<Mutex<HashMap<K, u32>>>,
}

impl<K: Hash + Eq + Copy> Concurrency<K> {
    fn new(limit: u32) -> Self {
        Self { limit, open: Arc::default() }
    }

    fn acquire(&self, key: K) -> Option<Permit<K>> {
        let mut open = lock(&self.open);
        let count = open.entry(key).or_insert(0);
        if *count >= self.limit {
            return None;
        }
        *count += 1;
        Some(Permit { key, open: self.open.clone() })
    }
}

impl<K: Hash + Eq> Drop for Permit<K> {
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
        let limits = config::Limits {
            requests_per_minute: 2,
            address_requests_per_minute: 3,
            streams: 2,
            address_streams: 3,
            address_generations: 1,
            ..config::Limits::default()
        };
        Limits::new(&limits, 100)
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
    fn one_address_leaves_media_readers_to_the_others() {
        let limits = limits();
        let from = |network: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, network, 0, 0, 0, 0, 0));
        let first: Vec<_> = (0..25).map(|_| limits.media_reader(from(1)).unwrap()).collect();
        assert!(limits.media_reader(from(1)).is_none(), "a quarter is an address' part");
        let others: Vec<_> =
            (0..75).map(|i| limits.media_reader(from(2 + i / 25)).unwrap()).collect();
        assert!(limits.media_reader(from(9)).is_none(), "all have a hundred");
        drop((first, others));
        assert!(limits.media_reader(from(1)).is_some());
        assert!(
            lock(&limits.address_readers.open).is_empty()
                && lock(&limits.all_readers.open).is_empty()
        );
    }

    #[test]
    fn few_pictures_are_sent_at_once() {
        let limits = limits();
        let of_owner: Vec<_> = (0..4).map(|_| limits.upload(1, None, HOME).ok().unwrap()).collect();
        assert_eq!(limits.upload(1, None, HOME).err(), Some(LimitExceeded::Uploads));
        let others: Vec<_> =
            (0..4).map(|v| limits.upload(1, Some(v), HOME).ok().unwrap()).collect();
        assert!(limits.upload(2, None, HOME).is_err(), "the address has eight");
        drop(of_owner);
        assert!(limits.upload(2, None, HOME).is_ok());
        drop(others);
        let elsewhere = |i: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, i, 0, 0, 0, 0, 0));
        let all: Vec<_> =
            (0..32).map(|i| limits.upload(i.into(), None, elsewhere(i)).ok().unwrap()).collect();
        assert!(limits.upload(99, None, elsewhere(99)).is_err(), "all have 32");
        drop(all);
        assert!(lock(&limits.uploads.open).is_empty() && lock(&limits.all_uploads.open).is_empty());
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
