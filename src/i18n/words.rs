//! The names of the widget's texts, and their English. They must not know where they are used.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident = $english:literal,)*) => {
        /// The name of a text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Word { $($(#[$doc])* $name,)* }

        impl Word {
            /// All names with their English texts, in the order of the enum.
            pub const ALL: &[(&'static str, &'static str)] = &[$((stringify!($name), $english),)*];
        }
    };
}

words! {
    /// The label of the models.
    Model = "Model",
    /// The label of the styles.
    Style = "Style",
    /// The choice of no style.
    NoStyle = "No style",
    /// The label of the search among styles.
    FindStyle = "Find a style",
    /// No style matches the search.
    NoSuchStyle = "No style is called that.",
    /// The label of the options.
    Options = "Options",
    /// Unfolds the advanced options.
    MoreOptions = "More",
    /// The label of a length.
    InSeconds = "{name}, in seconds",
    /// Removes the picture to start from.
    RemovePicture = "Remove the picture",
    /// The picture is being uploaded.
    Uploading = "Uploading …",
    /// A kind of media.
    Music = "Music",
    /// A kind of media.
    Video = "Video",
    /// A kind of media.
    Picture = "Picture",
    /// A number of tokens.
    Tokens = "one={n} token | other={n} tokens",
    /// A model's usual duration is unknown.
    TimeVaries = "time varies",
    /// The label of procedural results.
    Sketch = "Procedural sketch",
    /// What that label means.
    SketchMeans = "Drawn by rules from your words, not by a trained model.",
    /// The price in demo mode.
    Demo = "Demo: made in this browser, by rules from your words. It costs nothing.",
    /// The browser refused to store a file that the page made.
    NotKept = "This browser has no room to keep it. It stays as long as this page is open: download it.",
    /// The engine was fetched, but a rule of the page's prevents it from starting.
    EngineForbidden = "The sketch engine could not start. If this page has a Content-Security-Policy, its owner has to add to it: {rules}",
    /// The engine can't be fetched.
    EngineAway = "The sketch engine could not be loaded. Check the connection, then try again.",
    /// The engine has failed.
    EngineFault = "The sketch engine could not make this one. Try it with other words.",
    /// The label of the examples.
    Examples = "Start from an example",
    /// An example of a prompt for music.
    ExampleMusic1 = "An upbeat pop song about summer",
    /// An example of a prompt for music.
    ExampleMusic2 = "Slow jazz for a rainy night in the city",
    /// An example of a prompt for music.
    ExampleMusic3 = "A calm piano piece in D minor, 70 bpm",
    /// An example of a prompt for pictures and video.
    ExampleScene1 = "A serene lake surrounded by mountains",
    /// An example of a prompt for pictures and video.
    ExampleScene2 = "Snow falling on a small town at night",
    /// An example of a prompt for pictures and video.
    ExampleScene3 = "Sunset over the sea with birds",
    /// How many characters of the prompt are used, for screen readers.
    CharsOf = "{used} of {max} characters",
    /// The price.
    Costs = "Costs {tokens}",
    /// The balance.
    Balance = "{tokens} left",
    /// Connecting to the gateway.
    Connecting = "Connecting …",
    /// Why the button is disabled: the prompt is empty.
    NeedPrompt = "Describe what you would like to make.",
    /// Why the button is disabled: the prompt is too long.
    TooLong = "one=The prompt is {n} character too long. Shorten it. | other=The prompt is {n} characters too long. Shorten it.",
    /// Why the button is disabled: too few tokens.
    TooFew = "This costs {price}, and {balance} are left. Choose a model that costs less, or ask the owner of this page for more tokens.",
    /// The gateway doesn't accept this page.
    NotAllowed = "This page may not generate yet. Its owner has to give the element a publishable key, or open sessions for its visitors.",
    /// The page's own function did not answer a session.
    NoSession = "The page's getSession did not answer a session: an object with token, expires_in_secs and balance, as POST /api/sessions answers it.",
    /// No answer from the gateway.
    Unreachable = "The gateway can't be reached. Check the connection; it is tried again by itself.",
    /// The browser is offline.
    Offline = "You are offline. It goes on by itself as soon as there is a connection.",
    /// The gateway asks to wait.
    Busy = "It's busy right now. It will be tried again automatically.",
    /// The gateway failed, without a message of its own.
    Broken = "Something went wrong at the gateway. Try again in a moment.",
    /// The gateway's answer is not valid.
    Unreadable = "The answer was not one of an AI-Now gateway. The owner of this page should check the gateway's address.",
    /// A generation does not exist any more.
    Gone = "The gateway doesn't know this any more. Make it again.",
    /// It is first in the queue.
    NextUp = "Next in the queue",
    /// The region of the result panel.
    Result = "Result",
    /// The title of the empty result panel.
    EmptyTitle = "A sentence is enough",
    /// The text of the empty result panel.
    EmptyText = "What you ask for appears here: first how far it is, then the thing itself.",
    /// The request is being sent.
    Sending = "Sending",
    /// It waits in a queue.
    Queued = "one={n} before you in the queue | other={n} before you in the queue",
    /// It runs, without a step.
    Making = "Being made",
    /// A step: the prompt is analysed.
    StepReading = "Reading your words",
    /// A step: the sound is made.
    StepPlaying = "Playing the instruments",
    /// A step: the pictures are made.
    StepDrawing = "Drawing the pictures",
    /// A step: the file is encoded.
    StepEncoding = "Writing the file",
    /// The progress, announced.
    PartDone = "{part} done",
    /// Asks for a notification at the end.
    TellMe = "Tell me when it is done",
    /// The tab's title once there is a result.
    EndedWell = "✓ Done",
    /// The tab's title once it failed.
    EndedBadly = "✕ Failed",
    /// The label of the progress bar.
    Progress = "Progress",
    /// The elapsed time.
    Passed = "{time} so far",
    /// The usual time.
    Usually = "usually {time}",
    /// The remaining time.
    Left = "about {time} left",
    /// The stream is being restored.
    Restoring = "The connection was lost and is being restored. Your generation goes on meanwhile.",
    /// Stops the generation.
    Cancel = "Cancel",
    /// What stopping costs now.
    CancelCosts = "Cancelling now costs {cost}.",
    /// It is being stopped.
    Stopping = "Stopping …",
    /// Announced when the result is there.
    Ready = "Done: {prompt}",
    /// It failed.
    FailedTitle = "That did not work",
    /// It was stopped.
    CancelledTitle = "Cancelled",
    /// Tokens were returned.
    Returned = "one={n} token was returned. | other={n} tokens were returned.",
    /// Tries again after a failure.
    TryAgain = "Try again",
    /// Starts playback.
    Play = "Play",
    /// Stops playback.
    Pause = "Pause",
    /// The slider of the position.
    Position = "Position",
    /// The value of that slider.
    PositionOf = "{time} of {total}",
    /// Sound off.
    Mute = "Mute",
    /// The slider of the volume.
    Volume = "Volume",
    /// The playback speed.
    Speed = "Speed",
    /// Plays again and again.
    Loop = "Loop",
    /// Fills the screen.
    FullScreen = "Full screen",
    /// Picture in picture.
    PictureInPicture = "Picture in picture",
    /// Saves the file.
    Download = "Download",
    /// Copies the address of the result.
    CopyLink = "Copy link",
    /// It was copied.
    Copied = "Link copied",
    /// Shares the address.
    Share = "Share",
    /// The same prompt with another seed.
    Vary = "Make another",
    /// Puts the prompt back into the form.
    Reuse = "Use this prompt",
    /// The file could not be loaded.
    CannotPlay = "This file could not be loaded. Check the connection and try again, or download it.",
    /// The file is available, in a format that the browser doesn't support.
    UnknownFormat = "This browser can't play this format. Download the file, and open it with another program.",
    /// The file could not be decoded to its end.
    CannotDecode = "This file can't be decoded: it seems to be damaged. Try again, or make it again.",
    /// The file does not exist any more.
    FileGone = "This file is no longer there: results are kept for a limited time. Make it again.",
    /// Chooses another style or model for the same prompt.
    Elsewhere = "Another style or model",
    /// The history.
    History = "Made on this device",
    /// The search in the history.
    FindInHistory = "Find in what was made",
    /// Nothing matches that search.
    NothingFound = "Nothing matches.",
    /// Loads older entries.
    ShowOlder = "Show older",
    /// Deletes an entry.
    Delete = "Delete from the list: {prompt}",
    /// Deletes the whole history.
    DeleteAll = "Delete all",
    /// Asks for confirmation.
    DeleteAllSure = "Really delete all?",
    /// So many were deleted.
    Deleted = "one={n} deleted. | other={n} deleted.",
    /// Undoes the deletion.
    Undo = "Undo",
    /// The browser stores no history.
    NoHistory = "This browser does not keep this list: it ends with this page.",
    /// Exports the history to a file.
    Export = "Export",
    /// The label of the API key in direct mode.
    ApiKey = "Your API key",
    /// What happens with the key.
    ApiKeyKept = "It is kept in the memory of this page alone, unless you have it remembered.",
    /// Remembers the key.
    RememberKey = "Remember it on this device",
    /// The key is not valid.
    WrongKey = "The server does not accept this API key. Check it, and generate again.",
    /// Why the button is disabled: there is no key.
    NeedKey = "Enter your API key first.",
    /// A stream of the documented API broke off.
    BrokeOff = "The connection broke off before the result was there. Whether it was charged, only the server knows.",
}
