package org.jxapi.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.image.Image;
import org.jxapi.volume.Stage;

/** New contents of a volume at an agent. A lost connection ends them, and then nothing has happened. */
record RemoteStage(StorageCalls calls, Blocks blocks, long id) implements Stage {
    @Override
    public Image open() throws IOException {
        return new RemoteImage(calls, blocks, calls.openStage(Holdings.THEIRS, id));
    }

    /** None: its file is on the other host. */
    @Override
    public Optional<Path> raw() {
        return Optional.empty();
    }

    @Override
    public void take() throws IOException {
        calls.take(Holdings.THEIRS, id);
    }

    @Override
    public void close() throws IOException {
        calls.close(Holdings.THEIRS, id);
    }
}
