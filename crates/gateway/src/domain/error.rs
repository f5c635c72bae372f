//! Why the store fails, and why a submission is refused.

use std::path::PathBuf;

use ai_now_protocol::Invalid;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data directory cannot be made or used.
    #[error("The data directory {} cannot be used: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database's file cannot be made or used.
    #[error(
        "The database {} cannot be opened: {source}. See to it that whoever runs the gateway may \
         read and write the file and its directory; where the file is damaged, put back a copy.",
        path.display()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The database is gone, or empty, where media of an earlier one are.
    #[error(
        "The database {} is missing or empty, but its media are still there. Put back a copy of it; to \
         begin anew and forget all keys and balances, move the data directory away first.",
        path.display()
    )]
    Lost {
        /// The file that is missed.
        path: PathBuf,
    },
    /// `SQLite` refused; the message is its own.
    #[error("The database cannot be used: {0}")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The shared commit of a group failed, or the store is closing. Nothing was kept.
    #[error("The database did not take the change: {0}")]
    NotWritten(String),
    /// No key has this name.
    #[error("There is no key “{0}”. `keys list` shows the names.")]
    NoSuchKey(String),
    /// No administrator has this name.
    #[error("There is no administrator “{0}”. `admins list` shows the names.")]
    NoSuchAdmin(String),
    /// An administrator has this name, or had it.
    #[error("There is an administrator “{0}” already, or was. Choose another name.")]
    AdminExists(String),
    /// More tokens than the store can count.
    #[error("That would be more tokens than an account can hold.")]
    TooManyTokens,
}

/// Why a submission was not accepted. Nothing was charged.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    /// The request is not valid.
    #[error("{0}")]
    Invalid(#[from] Invalid),
    /// The owner has too few tokens.
    #[error("{price} tokens are needed and {available} are available")]
    TooFewTokens {
        /// What it would cost.
        price: u32,
        /// What there is.
        available: u64,
    },
    /// An option names an upload that is not there, or is somebody else's.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The owner has as many active generations as it may have.
    #[error("too many generations of this owner are active")]
    TooManyAtOnce,
    /// The visitors of this publishable key have used up their tokens of 24 hours.
    #[error("the tokens of 24 hours are used up")]
    DayUsedUp,
    /// The key is not for this model.
    #[error("the key is not for the model {model}")]
    ModelNotAllowed {
        /// The model's id.
        model: String,
    },
    /// The key has used up what it may in a calendar day or month.
    #[error("the key's tokens of a day or month are used up")]
    CapReached {
        /// Of the month, not of the day.
        month: bool,
        /// How long until the next one begins.
        wait_ms: u64,
    },
    /// Too many generations are active in the whole gateway.
    #[error("the queue is full")]
    QueueFull,
    /// The gateway is about to end.
    #[error("the gateway is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
