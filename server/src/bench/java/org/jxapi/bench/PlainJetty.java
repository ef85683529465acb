package org.jxapi.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.slf4j.LoggerFactory;

/** Jetty alone: reads a request's body and sends the header fields of one file and the body of another. Prints its URL. */
final class PlainJetty {
    private PlainJetty() {}

    public static void main(String[] args) throws Exception {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        List<String> head = Files.readAllLines(Path.of(args[0]));
        byte[] body = Files.readAllBytes(Path.of(args[1]));
        Server server = new Server();
        HttpConfiguration config = new HttpConfiguration();
        config.setSendServerVersion(false);
        config.setSendDateHeader(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(config));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Source.asByteArrayAsync(request, 1 << 20).whenComplete((received, e) -> {
                    for (String line : head.subList(1, head.size())) {
                        int colon = line.indexOf(':');
                        if (colon > 0 && !line.startsWith("connection")) {
                            response.getHeaders()
                                    .put(
                                            line.substring(0, colon),
                                            line.substring(colon + 1).strip());
                        }
                    }
                    response.write(true, ByteBuffer.wrap(body), callback);
                });
                return true;
            }
        });
        server.start();
        System.out.println("http://127.0.0.1:" + connector.getLocalPort());
    }
}
