package org.jxapi.diagnosis;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jxapi.host.StatusItems;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Reason;

/**
 * The items of a host that this daemon runs on, or simulates. They leave it without the secrets that it knows, because
 * another host that collects them may not know these.
 */
public final class OwnItems implements StatusItems {
    /** An agent sends as many bytes at once as this. */
    private static final int BLOCK = 64 * 1024;

    private final Capabilities capabilities;
    private final HostFiles files;

    public OwnItems(Hypervisor hypervisor, HostFiles files) {
        this.capabilities = new Capabilities(hypervisor, files);
        this.files = files;
    }

    @Override
    public List<Part> parts() {
        return capabilities.all().stream()
                .map(part -> new Part(
                        part.key(),
                        part.personal(),
                        part.checked(),
                        part.items().stream().map(Item::name).toList()))
                .toList();
    }

    @Override
    public void write(String item, OutputStream out) throws IOException {
        Item found = capabilities.all().stream()
                .flatMap(part -> part.items().stream())
                .filter(each -> each.name().equals(item))
                .findFirst()
                .orElseThrow(() -> new IOException("The host does not have it any more."));
        Redaction secrets = Redaction.of(files.passwords().get());
        Writer text = new OutputStreamWriter(new BufferedOutputStream(out, BLOCK), StandardCharsets.UTF_8);
        String failure = "";
        try {
            new RedactedLines(secrets, text).add(found);
        } catch (IOException | RuntimeException e) {
            // Not as the cause: its text may have a secret.
            secrets.nextText();
            failure = secrets.line(Reason.of(e));
        }
        text.flush();
        if (!failure.isEmpty()) {
            throw new IOException(failure);
        }
    }

    @Override
    public String threads() {
        return ThreadStates.graph();
    }
}
