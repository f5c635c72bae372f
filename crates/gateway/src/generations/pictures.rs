//! The uploaded picture that a generation starts from, read before a provider is asked. It must not
//! know how uploads come in.

use std::time::Duration;

use ai_now_protocol::options::IMAGE;
use ai_now_protocol::{Code, Message, Scalar};
use tokio::time::timeout;

use super::service::{ActiveGeneration, GenerationService};
use crate::media::PictureFormat;
use crate::patience::patiently;
use crate::providers::{Job, Picture};

/// How long reading an uploaded picture may take.
const PICTURE_PATIENCE: Duration = Duration::from_secs(5 * 60);

impl GenerationService {
    /// The job with the picture that its options name, if they name one, in one of these formats. `None`: it can't be read,
    /// and nobody waits for it any more.
    pub(super) async fn with_picture(
        &self,
        job: Job,
        formats: &[PictureFormat],
        active: &ActiveGeneration,
    ) -> Option<Result<Job, Message>> {
        let Some(upload) = job.options.get(IMAGE).and_then(Scalar::as_text) else {
            return Some(Ok(job));
        };
        // A slot is taken already: a picture that can't be read for minutes must not block other
        // generations.
        let reading = timeout(PICTURE_PATIENCE, self.picture(&job.id, upload, active));
        let Ok(read) = reading.await else {
            tracing::error!(generation = job.id, "its picture could not be read in time");
            let text = "The uploaded picture can't be read right now. Try again in a moment.";
            return Some(Err(Message::new(Code::StoreUnavailable, text)));
        };
        let Some(picture) = read? else {
            let text = "The uploaded picture is not there any more.";
            return Some(Err(Message::new(Code::NoSuchUpload, text)));
        };
        let picture = picture.in_one_of(formats).await;
        Some(picture.map(|picture| Job { picture: Some(picture), ..job }))
    }

    /// An uploaded picture. Its owner was checked when the generation was accepted. `None`: it
    /// can't be read, and the generation was cancelled meanwhile.
    async fn picture(
        &self,
        id: &str,
        upload: &str,
        active: &ActiveGeneration,
    ) -> Option<Option<Picture>> {
        let reading = || self.0.store.upload_format(upload);
        let format = patiently(&active.cancel, id, "an upload's record", reading).await.ok()?;
        let Some(format) = format.as_deref().and_then(PictureFormat::from_extension) else {
            return Some(None);
        };
        let reading = || async {
            match self.0.uploads.read(upload).await {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                read => read.map(Some),
            }
        };
        let bytes = patiently(&active.cancel, id, "an upload's file", reading).await.ok()?;
        let url = self.0.settings.upload_urls.as_ref().map(|urls| urls.of(upload, format));
        Some(bytes.map(|bytes| Picture { format, bytes, url }))
    }
}
