//! Uploaded pictures: whose they are, how many they are, and until when they are kept.

use sqlx::SqliteConnection;

use super::database::{Store, signed, unsigned};
use super::sql;
use crate::clock::now_ms;
use crate::domain::{NewUpload, Principal, StoreError, UploadError, UploadQuota};

#[derive(sqlx::FromRow)]
struct Usage {
    #[sqlx(try_from = "i64")]
    files: u64,
    #[sqlx(try_from = "i64")]
    bytes: u64,
}

impl Store {
    /// Keeps an upload, unless that would be too many.
    ///
    /// # Errors
    /// [`UploadError`]
    pub async fn keep_upload(&self, new: NewUpload, quota: UploadQuota) -> Result<(), UploadError> {
        self.writer
            .write(move |connection| Box::pin(async move { keep(connection, &new, quota).await }))
            .await?
    }

    /// The format of an upload, by its extension, whoever's it is: for the gateway's own work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upload_format(&self, id: &str) -> Result<Option<String>, StoreError> {
        let format = sqlx::query_scalar(sql::UPLOAD_FORMAT);
        Ok(format.bind(id).fetch_optional(&self.reader).await?)
    }

    /// Forgets up to `limit` uploads whose time is over and that no generation uses, and returns
    /// their ids: their files are nobody's now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_unused_uploads(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let now = signed(now_ms());
                    let forgotten = sqlx::query_scalar(sql::FORGET_UNUSED_UPLOADS);
                    Ok(forgotten.bind(now).bind(limit).fetch_all(connection).await?)
                })
            })
            .await
    }
}

async fn keep(
    connection: &mut SqliteConnection,
    new: &NewUpload,
    quota: UploadQuota,
) -> Result<Result<(), UploadError>, StoreError> {
    let NewUpload { id, owner, format, size_bytes, unused_secs } = new;
    let all: i64 = sqlx::query_scalar(sql::UPLOADED_BYTES).fetch_one(&mut *connection).await?;
    if unsigned(all) + size_bytes > quota.all_bytes {
        return Ok(Err(UploadError::Full));
    }
    let own: Usage = sqlx::query_as(sql::UPLOADS_OF_OWNER)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .fetch_one(&mut *connection)
        .await?;
    if own.files >= quota.owner_files.into() || own.bytes + size_bytes > quota.owner_bytes {
        return Ok(Err(UploadError::TooMany));
    }
    sqlx::query(sql::INSERT_UPLOAD)
        .bind(id)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .bind(format)
        .bind(signed(*size_bytes))
        .bind(signed(now_ms() + u64::from(*unused_secs) * 1000))
        .execute(connection)
        .await?;
    Ok(Ok(()))
}

/// Whether these uploads are all there, and the owner's.
pub(super) async fn are_owned(
    connection: &mut SqliteConnection,
    ids: &[String],
    owner: &Principal,
) -> Result<bool, StoreError> {
    for id in ids {
        let found: Option<i64> = sqlx::query_scalar(sql::UPLOAD_IS_OWNED)
            .bind(id)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .bind(signed(now_ms()))
            .fetch_optional(&mut *connection)
            .await?;
        if found.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
