//! Uploaded pictures: their owners, their number and size, and how long they are kept.

use super::database::{Store, signed, unsigned};
use super::engine::{Connection, columns, query};
use super::locks::{self, Shared};
use super::sql;
use crate::clock::now_ms;
use crate::domain::{NewUpload, Principal, StoreError, UploadError, UploadQuota};

struct Usage {
    files: u64,
    bytes: u64,
}

columns!(Usage { files, bytes });

impl Store {
    /// Records an upload, unless a limit is reached.
    ///
    /// # Errors
    /// [`UploadError`]
    pub async fn keep_upload(&self, new: NewUpload, quota: UploadQuota) -> Result<(), UploadError> {
        self.writer
            .write(move |connection| Box::pin(async move { keep(connection, &new, quota).await }))
            .await?
    }

    /// The format of an upload of any owner, by its extension: for the gateway's own work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn upload_format(&self, id: &str) -> Result<Option<String>, StoreError> {
        let format = query(sql::UPLOAD_FORMAT);
        format.bind(id).fetch_optional(&self.reader).await
    }

    /// Removes up to `limit` expired uploads that no generation uses, and returns their ids: no
    /// record names their files any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_unused_uploads(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::alone(connection, Shared::Uploads).await?;
                    let now = signed(now_ms());
                    let forgotten = query(sql::FORGET_UNUSED_UPLOADS);
                    forgotten.bind(now).bind(limit).fetch_all(connection).await
                })
            })
            .await
    }
}

async fn keep(
    connection: &mut Connection,
    new: &NewUpload,
    quota: UploadQuota,
) -> Result<Result<(), UploadError>, StoreError> {
    let NewUpload { id, owner, format, size_bytes, unused_secs } = new;
    locks::alone(connection, Shared::Uploads).await?;
    let all: i64 = query(sql::UPLOADED_BYTES).fetch_one(&mut *connection).await?;
    if unsigned(all) + size_bytes > quota.all_bytes {
        return Ok(Err(UploadError::Full));
    }
    let own: Usage = query(sql::UPLOADS_OF_OWNER)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .fetch_one(&mut *connection)
        .await?;
    if own.files >= quota.owner_files.into() || own.bytes + size_bytes > quota.owner_bytes {
        return Ok(Err(UploadError::TooMany));
    }
    query(sql::INSERT_UPLOAD)
        .bind(id)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .bind(*format)
        .bind(signed(*size_bytes))
        .bind(signed(now_ms() + u64::from(*unused_secs) * 1000))
        .execute(connection)
        .await?;
    Ok(Ok(()))
}

/// Whether these uploads all exist and belong to the owner.
pub(super) async fn are_owned(
    connection: &mut Connection,
    ids: &[String],
    owner: &Principal,
) -> Result<bool, StoreError> {
    for id in ids {
        let found: Option<i64> = query(sql::UPLOAD_IS_OWNED)
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
