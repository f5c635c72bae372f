//! The names of the widget's texts, and what they say in English. They must not know where they stand.

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
    /// The label of what else a model can be told.
    Options = "Options",
    /// Folds the options out that few people need.
    MoreOptions = "More",
    /// The label of a length.
    InSeconds = "{name}, in seconds",
    /// An option: how long the result is.
    OptionSeconds = "Length",
    /// An option: width to height.
    OptionAspectRatio = "Shape",
    /// An option: how large the picture is.
    OptionResolution = "Size",
    /// An option: a picture to begin with.
    OptionImage = "First picture",
    /// An option: the same seed gives the same result.
    OptionSeed = "Seed",
    /// An option: music without singing.
    OptionInstrumental = "Instrumental",
    /// An option: the words of a song.
    OptionLyrics = "Lyrics",
    /// Takes the first picture away.
    RemovePicture = "Remove the picture",
    /// The first picture is on its way.
    Uploading = "Uploading …",
    /// What a model makes.
    Music = "Music",
    /// What a model makes.
    Video = "Video",
    /// What a model makes.
    Picture = "Picture",
    /// A number of tokens.
    Tokens = "one={n} token | other={n} tokens",
    /// A model's usual duration is unknown.
    TimeVaries = "time varies",
    /// What results are that are drawn by rules.
    Sketch = "Procedural sketch",
    /// What that means.
    SketchMeans = "Drawn by rules from your words, not by a trained model.",
    /// What it costs where the page makes it itself.
    Demo = "Demo: made in this browser, by rules from your words. It costs nothing.",
    /// The browser refused to keep a file that the page made.
    NotKept = "This browser has no room to keep it. It stays as long as this page is open: download it.",
    /// The engine is there, and does not start: a rule of the page's.
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
    /// How much of the prompt's room is used, for screen readers.
    CharsOf = "{used} of {max} characters",
    /// What it costs.
    Costs = "Costs {tokens}",
    /// What there is to spend.
    Balance = "{tokens} left",
    /// The connection to the gateway is being made.
    Connecting = "Connecting …",
    /// Why it doesn't start: nothing to go by.
    NeedPrompt = "Describe what you would like to make.",
    /// Why it doesn't start: the prompt is too long.
    TooLong = "one=The prompt is {n} character too long. Shorten it. | other=The prompt is {n} characters too long. Shorten it.",
    /// Why it doesn't start: too few tokens.
    TooFew = "This costs {price}, and {balance} are left. Choose a model that costs less, or ask the owner of this page for more tokens.",
    /// The gateway doesn't know this page.
    NotAllowed = "This page may not generate yet. Its owner has to give the element a publishable key, or open sessions for its visitors.",
    /// No answer from the gateway.
    Unreachable = "The gateway can't be reached. Check the connection; it is tried again by itself.",
    /// The browser is offline.
    Offline = "You are offline. It goes on by itself as soon as there is a connection.",
    /// The gateway asks to wait.
    Busy = "It's busy right now. It will be tried again automatically.",
    /// The gateway failed, without a sentence of its own.
    Broken = "Something went wrong at the gateway. Try again in a moment.",
    /// The gateway's answer can't be read.
    Unreadable = "The answer was not one of an AI-Now gateway. The owner of this page should check the gateway's address.",
    /// A generation is not there any more.
    Gone = "The gateway doesn't know this any more. Make it again.",
    /// Nobody is before it in the queue.
    NextUp = "Next in the queue",
    /// The region of the result.
    Result = "Result",
    /// Nothing was made yet.
    EmptyTitle = "A sentence is enough",
    /// Nothing was made yet.
    EmptyText = "What you ask for appears here: first how far it is, then the thing itself.",
    /// The request is on its way.
    Sending = "Sending",
    /// It waits for its turn.
    Queued = "one={n} before you in the queue | other={n} before you in the queue",
    /// It is being made, nobody says more.
    Making = "Being made",
    /// A step: the prompt is looked at.
    StepReading = "Reading your words",
    /// A step: the sound comes about.
    StepPlaying = "Playing the instruments",
    /// A step: the pictures come about.
    StepDrawing = "Drawing the pictures",
    /// A step: the file comes about.
    StepEncoding = "Writing the file",
    /// How far it is, announced.
    PartDone = "{part} done",
    /// Asks for a notification at the end.
    TellMe = "Tell me when it is done",
    /// In the tab's title once there is a result.
    EndedWell = "✓ Done",
    /// In the tab's title once it failed.
    EndedBadly = "✕ Failed",
    /// The label of the progress bar.
    Progress = "Progress",
    /// How long it has been going on.
    Passed = "{time} so far",
    /// How long it usually takes.
    Usually = "usually {time}",
    /// How long it will probably take.
    Left = "about {time} left",
    /// The stream is being restored.
    Restoring = "The connection was lost and is being restored. Your generation goes on meanwhile.",
    /// Stops the generation.
    Cancel = "Cancel",
    /// What stopping it costs from now on.
    CancelCosts = "Cancelling now costs {cost}.",
    /// It is being stopped.
    Stopping = "Stopping …",
    /// Announced when the result is there.
    Ready = "Done: {prompt}",
    /// It failed.
    FailedTitle = "That did not work",
    /// It was stopped.
    CancelledTitle = "Cancelled",
    /// Tokens went back.
    Returned = "one={n} token was returned. | other={n} tokens were returned.",
    /// A way on after a failure.
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
    /// A small window of its own.
    PictureInPicture = "Picture in picture",
    /// Saves the file.
    Download = "Download",
    /// Copies the address of the result.
    CopyLink = "Copy link",
    /// It was copied.
    Copied = "Link copied",
    /// Hands the address to another program.
    Share = "Share",
    /// The same once more, with another seed.
    Vary = "Make another",
    /// Puts the prompt back into the form.
    Reuse = "Use this prompt",
    /// The file could not be loaded.
    CannotPlay = "This file could not be loaded. Check the connection and try again, or download it.",
    /// The file is there, in a format that the browser doesn't know.
    UnknownFormat = "This browser can't play this format. Download the file, and open it with another program.",
    /// The file began well and then could not be decoded.
    CannotDecode = "This file can't be decoded: it seems to be damaged. Try again, or make it again.",
    /// The file is there no more.
    FileGone = "This file is no longer there: results are kept for a limited time. Make it again.",
    /// Chooses another style or model for the same prompt.
    Elsewhere = "Another style or model",
    /// The list of what was made.
    History = "Made on this device",
    /// Search in that list.
    FindInHistory = "Find in what was made",
    /// Nothing matches that search.
    NothingFound = "Nothing matches.",
    /// Reads the next of that list.
    ShowOlder = "Show older",
    /// Deletes one of that list.
    Delete = "Delete from the list: {prompt}",
    /// Deletes the whole list.
    DeleteAll = "Delete all",
    /// Asks before it does.
    DeleteAllSure = "Really delete all?",
    /// So many were deleted.
    Deleted = "one={n} deleted. | other={n} deleted.",
    /// Takes that back.
    Undo = "Undo",
    /// The browser keeps no list.
    NoHistory = "This browser does not keep this list: it ends with this page.",
    /// Writes the list to a file.
    Export = "Export",
    /// The label of the key in direct mode.
    ApiKey = "Your API key",
    /// What happens with the key.
    ApiKeyKept = "It is kept in the memory of this page alone, unless you have it remembered.",
    /// Has the key kept.
    RememberKey = "Remember it on this device",
    /// The key is not valid.
    WrongKey = "The server does not accept this API key. Check it, and generate again.",
    /// Why it doesn't start: no key.
    NeedKey = "Enter your API key first.",
    /// A stream of the documented API broke off.
    BrokeOff = "The connection broke off before the result was there. Whether it was charged, only the server knows.",
}
