//! `POST /api/uploads`: uploads a picture that a generation can start from.
//!
//! Its format is determined from its bytes. It belongs to the caller, and is served only to a
//! provider that was given a signed address of it.

use std::time::Duration;

use ai_now_protocol::Code;
use ai_now_protocol::api::Upload;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::system::json;
use crate::domain::{NewUpload, Principal, UploadError, UploadQuota};
use crate::http::body::read_up_to;
use crate::http::error::Problem;
use crate::http::openapi::{Binary, Keyed, Sent};
use crate::http::origin::client_address;
use crate::http::state::App;
use crate::media::{PICTURE_FORMATS, PictureError, PictureFormat};
use crate::secret;

/// How long an unused upload is kept.
const UNUSED_SECS: u32 = 3600;

/// Uploads a picture, as the body of the request: JPEG, PNG, WebP or GIF.
///
/// Its id is a value for options of the kind `picture`. It is kept for an hour, and as long as a
/// generation that uses it.
#[utoipa::path(
    post,
    path = "/uploads",
    operation_id = "uploadPicture",
    tag = "generations",
    request_body(content(
        (inline(Binary) = "image/gif"),
        (inline(Binary) = "image/jpeg"),
        (inline(Binary) = "image/png"),
        (inline(Binary) = "image/webp"),
    )),
    responses(
        (status = 201, description = "What it is called.", body = Upload),
        Keyed,
        Sent,
    ),
    security(("key" = []))
)]
pub(crate) async fn upload(
    State(app): State<App>,
    principal: Principal,
    request: Request,
) -> Result<Response, Problem> {
    let address = client_address(&app, request.headers(), request.extensions());
    let _permit = app.limits.upload(principal.key_id, principal.visitor_id, address)?;
    let limits = &app.config.limits;
    let max_bytes = usize::try_from(limits.upload_max_bytes).unwrap_or(usize::MAX);
    let file = read_up_to(request, max_bytes, Duration::from_secs(limits.upload_secs)).await?;
    let format = PictureFormat::of(&file)?;
    let (id, size_bytes) = (secret::name(), file.len() as u64);
    let new = NewUpload {
        id: id.clone(),
        owner: principal,
        format: format.extension(),
        size_bytes,
        unused_secs: UNUSED_SECS,
    };
    let quota = UploadQuota {
        owner_files: limits.uploads,
        owner_bytes: limits.owner_upload_bytes,
        all_bytes: limits.all_upload_bytes,
    };
    // To its end, even if the client has gone: a file without its row would count for nobody's quota.
    let keeping = tokio::spawn(async move { keep(&app, new, file, format, quota).await });
    keeping.await.map_err(|error| {
        tracing::error!(%error, "an upload was not kept");
        Problem::internal()
    })??;
    Ok(json(StatusCode::CREATED, &Upload { id, size_bytes, expires_in_secs: UNUSED_SECS }))
}

/// The signed ticket of an upload.
#[derive(Deserialize)]
pub(crate) struct UploadQuery {
    #[serde(default)]
    ticket: String,
}

/// `GET /uploads/{name}`: the file, for a provider that was given this address recently. Without a
/// ticket for this very upload, a client does not even learn whether it exists.
pub(crate) async fn serve(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(UploadQuery { ticket }): Query<UploadQuery>,
) -> Result<Response, Problem> {
    let (id, extension) = name.split_once('.').ok_or_else(unknown)?;
    if !app.signing.admits_upload(&ticket, id) {
        return Err(unknown());
    }
    let format = app.store.upload_format(id).await?.filter(|format| format == extension);
    let format = format.as_deref().and_then(PictureFormat::from_extension).ok_or_else(unknown)?;
    let bytes = app.uploads.read(id).await.map_err(|error| {
        // There is a record of it: where its file is missing, its disk is.
        tracing::error!(%error, "an upload could not be read");
        unreadable()
    })?;
    let headers =
        [(header::CONTENT_TYPE, format.content_type()), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, bytes).into_response())
}

fn unknown() -> Problem {
    Problem::not_found(Code::NoSuchFile, "There is no such file, or it is not for you.")
}

fn unreadable() -> Problem {
    Problem::overloaded("The file can't be read right now. Try again in a moment.")
}

/// The file is stored before the row: every row has its file.
async fn keep(
    app: &App,
    new: NewUpload,
    file: axum::body::Bytes,
    format: PictureFormat,
    quota: UploadQuota,
) -> Result<(), Problem> {
    app.uploads.write(&new.id, file, format).await.map_err(|error| {
        tracing::error!(%error, "an upload could not be written");
        full()
    })?;
    let id = new.id.clone();
    if let Err(error) = app.store.keep_upload(new, quota).await {
        if let Err(error) = app.uploads.remove(&id).await {
            tracing::warn!(%error, "an orphaned file was left");
        }
        return Err(error.into());
    }
    Ok(())
}

fn full() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Code::Overloaded,
        "The gateway can't take more pictures right now. Try again later.",
    )
    .retry_after(Duration::from_secs(600))
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::TooMany => Self::too_many(
                Code::TooManyUploads,
                "Too many of your pictures are stored already. Use those, or wait until they expire.",
                Duration::from_secs(UNUSED_SECS.into()),
            ),
            UploadError::Full => full(),
            UploadError::Store(error) => error.into(),
        }
    }
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, Code::UnsupportedPicture, error.to_string())
            .with("allowed", PICTURE_FORMATS)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use utoipa::Path as _;
    use utoipa::openapi::RefOr;

    use super::*;

    #[test]
    fn each_format_that_is_taken_is_described() {
        let operation = __path_upload::operation();
        let Some(RefOr::T(body)) = operation.request_body else { panic!("no body") };
        let described: BTreeSet<&str> = body.content.keys().map(String::as_str).collect();
        let taken = PictureFormat::ALL.iter().map(|format| format.content_type()).collect();
        assert_eq!(described, taken);
    }
}
