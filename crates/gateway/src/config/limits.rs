//! The limits of clients, and their defaults. It must not know who enforces them.

use serde::{Deserialize, Serialize};

/// The limits of clients. An owner is an API key, or one visitor of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A request's body, in bytes.
    pub body_bytes: usize,
    /// An uploaded picture, in bytes.
    pub upload_max_bytes: u64,
    /// How many uploads of one owner are kept.
    pub uploads: u32,
    /// The uploads of one owner together, in bytes.
    pub owner_upload_bytes: u64,
    /// The uploads of all owners together, in bytes.
    pub all_upload_bytes: u64,
    /// A request's headers, names and values together, in bytes.
    pub header_bytes: usize,
    /// Requests of one owner per minute.
    pub requests_per_minute: u32,
    /// Requests of one network address per minute.
    pub address_requests_per_minute: u32,
    /// Requests of one administrator per minute.
    pub admin_requests_per_minute: u32,
    /// Active generations of one owner.
    pub generations: u32,
    /// Active generations in total.
    pub queue: usize,
    /// Open event streams of one owner.
    pub streams: u32,
    /// Active generations submitted from one network address.
    pub address_generations: u32,
    /// Open event streams of one network address.
    pub address_streams: u32,
    /// Open connections.
    pub connections: usize,
    /// Open connections of one network address; those of `trusted_proxies` don't count.
    pub address_connections: u32,
    /// How many seconds a client may take to send a request's headers, once it has begun.
    pub header_secs: u64,
    /// How many seconds a connection may be idle between two requests. It must be more than the
    /// keep-alive time of any proxy or load balancer before the gateway.
    pub idle_secs: u64,
    /// How many seconds a client may take to send a request's body.
    pub body_secs: u64,
    /// How many seconds a client may take to send a picture.
    pub upload_secs: u64,
    /// How many seconds a client may leave sent data unread.
    pub write_secs: u64,
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            upload_max_bytes: 10 * MIB,
            uploads: 100,
            owner_upload_bytes: 200 * MIB,
            all_upload_bytes: 20 * 1024 * MIB,
            header_bytes: 16 * 1024,
            requests_per_minute: 600,
            address_requests_per_minute: 3000,
            admin_requests_per_minute: 600,
            generations: 20,
            queue: 10_000,
            streams: 40,
            address_streams: 200,
            address_generations: 1000,
            connections: 4096,
            address_connections: 512,
            header_secs: 30,
            idle_secs: 75,
            body_secs: 30,
            upload_secs: 120,
            write_secs: 30,
        }
    }
}

impl Limits {
    /// All limits with their names. None may be zero.
    pub(super) fn all(&self) -> [(&'static str, u64); 21] {
        [
            ("body_bytes", self.body_bytes as u64),
            ("upload_max_bytes", self.upload_max_bytes),
            ("uploads", self.uploads.into()),
            ("owner_upload_bytes", self.owner_upload_bytes),
            ("all_upload_bytes", self.all_upload_bytes),
            ("upload_secs", self.upload_secs),
            ("header_bytes", self.header_bytes as u64),
            ("requests_per_minute", self.requests_per_minute.into()),
            ("address_requests_per_minute", self.address_requests_per_minute.into()),
            ("admin_requests_per_minute", self.admin_requests_per_minute.into()),
            ("generations", self.generations.into()),
            ("queue", self.queue as u64),
            ("streams", self.streams.into()),
            ("address_streams", self.address_streams.into()),
            ("address_generations", self.address_generations.into()),
            ("connections", self.connections as u64),
            ("address_connections", self.address_connections.into()),
            ("header_secs", self.header_secs),
            ("idle_secs", self.idle_secs),
            ("body_secs", self.body_secs),
            ("write_secs", self.write_secs),
        ]
    }
}
