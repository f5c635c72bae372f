//! The role of a gateway where several share a store.

use serde::{Deserialize, Serialize};

/// Which part of the work a gateway does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GatewayRole {
    /// Answers clients and runs generations.
    #[default]
    All,
    /// Answers clients. Other gateways run what it accepts.
    Door,
    /// Runs generations that other gateways accepted. It answers health checks only.
    Worker,
}
