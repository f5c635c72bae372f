//! A picture that a generation begins with, in a format that its provider takes.

use ai_now_protocol::{Code, Message};
use ai_now_sketch::SketchError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::media::PictureFormat;

/// A picture that a visitor uploaded.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its format, told by its first bytes.
    pub format: PictureFormat,
    /// The file.
    pub bytes: Bytes,
    /// Where a provider may load it for a while. `None`: nowhere.
    pub url: Option<String>,
}

impl Picture {
    /// The file in base64.
    pub(super) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// The file as an address that holds it (RFC 2397).
    pub(super) fn data_uri(&self) -> String {
        format!("data:{};base64,{}", self.format.content_type(), self.base64())
    }

    /// The picture in a format that a provider takes: as PNG, where it is in none of these.
    ///
    /// # Errors
    /// What is wrong with the file, for the generation's end.
    pub(crate) async fn in_one_of(self, formats: &[PictureFormat]) -> Result<Self, Message> {
        if formats.contains(&self.format) {
            return Ok(self);
        }
        let file = self.bytes.clone();
        let converting = tokio::task::spawn_blocking(move || ai_now_sketch::to_png(&file));
        match converting.await {
            Ok(Ok(png)) => Ok(Self { format: PictureFormat::Png, bytes: png.into(), ..self }),
            Ok(Err(SketchError::Image(error))) => Err(error.message()),
            // A decoder that panics met a file that nobody should have to read.
            _ => Err(Message::new(Code::ProviderInput, "The uploaded picture can't be read.")),
        }
    }
}
