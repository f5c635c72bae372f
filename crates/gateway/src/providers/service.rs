//! What the rest of the gateway may know about a service. Each service's settings implement it.
//!
//! It must not know which services there are.

use ai_now_protocol::{MediaKind, Model, Scalars};

use super::settings::checks::SettingError;
use super::takes::{Takes, Unfit};
use crate::media::PictureFormat;

/// A service, by its settings.
pub(super) trait Service {
    /// The address of the public service. Empty: it is not on the network.
    fn base_url(&self) -> &'static str;

    /// The environment variable with its key, if the settings name none: the one that the service's
    /// own tools read.
    fn key_env(&self) -> &'static str;

    /// Whether it can make this kind of media.
    fn makes(&self, kind: MediaKind) -> bool;

    /// What it makes of an option of a model: whatever it can't be asked for is not offered where it alone
    /// is asked, and never charged. The style is no such option: it becomes words.
    fn takes(&self, model: &Model, option: &str) -> Takes;

    /// The option because of which it can't make this, though it takes each of them by itself.
    fn conflict(&self, _model: &Model, _options: &Scalars) -> Option<Unfit> {
        None
    }

    /// The formats of pictures that it takes. Others are made into PNG before.
    fn picture_formats(&self) -> &'static [PictureFormat] {
        &[PictureFormat::Jpeg, PictureFormat::Png, PictureFormat::Webp]
    }

    /// Whether its answers say how long it has worked on a job.
    fn tells_billed_time(&self) -> bool {
        false
    }

    /// Whether it accepts a picture only as an address to load it from.
    fn loads_pictures(&self) -> bool {
        false
    }

    /// Checks its settings. It reads no key and sends no request.
    fn check(&self) -> Result<(), SettingError>;
}
