//! An archive that is written while it is made: what is finished of it is sealed and stored in parts, so that memory holds one part
//! and one file however large it gets.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use store::privacy::export as rows;
use uuid::Uuid;
use zip::{
    CompressionMethod, ZipWriter,
    result::ZipResult,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::{App, AppError, vault};

/// Bytes of one part.
const PART: usize = 4 * 1024 * 1024;
/// Bytes that are written at once.
const PIECE: usize = 512 * 1024;

/// Where the archive's bytes wait until they make a part.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self, least: usize) -> Option<Vec<u8>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (waiting.len() >= least.max(1)).then(|| {
            let end = waiting.len().min(PART);
            let rest = waiting.split_off(end);
            std::mem::replace(&mut *waiting, rest)
        })
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Zip = ZipWriter<StreamWriter<Sink>>;

/// An archive under way.
pub(super) struct Archive<'a> {
    app: &'a App,
    export: Uuid,
    run: i32,
    zip: Option<Zip>,
    sink: Sink,
    parts: i32,
    /// Bytes stored so far.
    pub size: i64,
    /// Files begun so far.
    pub files: i32,
}

fn broken(error: impl std::fmt::Display) -> AppError {
    AppError::Internal(format!("an archive could not be written: {error}"))
}

impl<'a> Archive<'a> {
    /// For the try `run` of this copy.
    pub fn new(app: &'a App, export: Uuid, run: i32) -> Self {
        let sink = Sink::default();
        Self {
            app,
            export,
            run,
            zip: Some(ZipWriter::new_stream(sink.clone())),
            sink,
            parts: 0,
            size: 0,
            files: 0,
        }
    }

    /// Packing is work for a processor: away from those who answer.
    async fn with(&mut self, work: impl FnOnce(&mut Zip) -> ZipResult<()> + Send + 'static) -> Result<(), AppError> {
        let mut zip = self.zip.take().ok_or_else(|| broken("it is finished"))?;
        let worked = tokio::task::spawn_blocking(move || {
            let done = work(&mut zip);
            (zip, done)
        });
        let (zip, done) = worked.await.map_err(broken)?;
        self.zip = Some(zip);
        done.map_err(broken)?;
        self.store(PART).await
    }

    /// Begins a file. `packed` says whether it is worth packing.
    pub async fn begin(&mut self, name: &str, packed: bool) -> Result<(), AppError> {
        let name = name.to_owned();
        let method = if packed {
            CompressionMethod::Deflated
        } else {
            CompressionMethod::Stored
        };
        self.files += 1;
        let options = SimpleFileOptions::default().compression_method(method);
        self.with(move |zip| zip.start_file(name, options)).await
    }

    /// Writes into the file that was begun last.
    pub async fn write(&mut self, mut bytes: Bytes) -> Result<(), AppError> {
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PIECE));
            self.with(move |zip| Ok(zip.write_all(&piece)?)).await?;
        }
        Ok(())
    }

    /// Ends the archive; all of it is stored then.
    pub async fn finish(&mut self) -> Result<(), AppError> {
        let zip = self.zip.take().ok_or_else(|| broken("it is finished"))?;
        tokio::task::spawn_blocking(move || zip.finish().map(drop))
            .await
            .map_err(broken)?
            .map_err(broken)?;
        self.store(1).await
    }

    /// Stores what waits, as long as it is at least this much. A try that another one has followed stops here.
    async fn store(&mut self, least: usize) -> Result<(), AppError> {
        while let Some(part) = self.sink.take(least) {
            let sealed = vault::put(self.app, &part, "application/zip").await?;
            let mut tx = self.app.begin().await?;
            let export = rows::find_for_update(tx.conn()?, self.export).await?;
            if export.run != self.run || export.state != "running" {
                return Err(AppError::Stale);
            }
            vault::record(&mut tx, &sealed).await?;
            rows::add_part(tx.conn()?, self.export, self.parts, sealed.id).await?;
            tx.commit().await?;
            self.parts += 1;
            self.size += sealed.size;
        }
        Ok(())
    }
}
