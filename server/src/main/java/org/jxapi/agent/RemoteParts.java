package org.jxapi.agent;

import java.io.IOException;
import org.jxapi.volume.SharedParts;

/** The parts of two compared volumes that are the same, as an agent knows them. */
record RemoteParts(StorageCalls calls, long id) implements SharedParts {
    @Override
    public Part part(long offset, long length) throws IOException {
        return calls.part(Holdings.THEIRS, id, offset, length);
    }

    @Override
    public void close() throws IOException {
        calls.close(Holdings.THEIRS, id);
    }
}
