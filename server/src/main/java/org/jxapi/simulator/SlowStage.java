package org.jxapi.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.image.Image;
import org.jxapi.volume.Stage;

/** New contents in a repository that has a speed. */
record SlowStage(Stage stage, Pace pace) implements Stage {
    @Override
    public Image open() throws IOException {
        return new SlowImage(stage.open(), pace);
    }

    /** None: a file that is replaced as a whole would take no time. */
    @Override
    public Optional<Path> raw() {
        return Optional.empty();
    }

    @Override
    public void take() throws IOException {
        stage.take();
    }

    @Override
    public void close() throws IOException {
        stage.close();
    }
}
