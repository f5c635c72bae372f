//! What the rest of the gateway may know about a service. Each service's own settings implement it.
//!
//! It must not know which services there are.

use ai_now_protocol::MediaKind;

use super::settings::checks::SettingError;

/// A service, by its settings.
pub(super) trait Service {
    /// The address of the public service. Empty: it is not on the network.
    fn base_url(&self) -> &'static str;

    /// The environment variable that holds its key, where the settings name none: the one that the
    /// service's own tools read.
    fn key_env(&self) -> &'static str;

    /// Whether it can make this kind of media.
    fn makes(&self, kind: MediaKind) -> bool;

    /// Whether its answers say how long it has worked on a job.
    fn tells_billed_time(&self) -> bool {
        false
    }

    /// Whether it takes a picture only as an address that it can load it from.
    fn loads_pictures(&self) -> bool {
        false
    }

    /// Checks its settings. It reads no key and asks nobody.
    fn check(&self) -> Result<(), SettingError>;
}
