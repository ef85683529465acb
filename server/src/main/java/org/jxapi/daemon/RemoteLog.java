package org.jxapi.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the log to a syslog server as well, in RFC 5424: a datagram for each line (RFC 5426), or over TCP with a count of
 * bytes before each (RFC 6587). A server that does not answer holds up nobody: lines that it cannot take in time are lost.
 */
final class RemoteLog extends AppenderBase<ILoggingEvent> {
    private static final int WAITING = 2000;
    private static final int LONGEST = 8000;
    private static final int PATIENCE_MILLIS = 5000;
    private static final int DAEMON = 3;

    private final SyslogServer server;
    private final String host;
    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(WAITING);
    private final Thread sender = new Thread(this::send, "remote-log");
    private volatile @Nullable Socket connection;

    /** @param host the name of this host in the lines */
    RemoteLog(SyslogServer server, String host) {
        this.server = server;
        this.host = host.isEmpty() ? "-" : host;
        sender.setDaemon(true);
    }

    @Override
    public void start() {
        super.start();
        sender.start();
    }

    @Override
    public void stop() {
        super.stop();
        sender.interrupt();
        // A write that waits for the server ends only with its connection.
        disconnect();
    }

    @Override
    protected void append(ILoggingEvent event) {
        // A full queue means that the server takes nothing: the caller must not wait.
        waiting.offer(message(event));
    }

    private byte[] message(ILoggingEvent event) {
        String logger = event.getLoggerName();
        String text = "<" + (DAEMON * 8 + severity(event.getLevel())) + ">1 "
                + event.getInstant().truncatedTo(ChronoUnit.MILLIS) + " " + host + " jxapid "
                + ProcessHandle.current().pid() + " " + logger.substring(logger.lastIndexOf('.') + 1) + " - "
                + LogText.safe(event.getFormattedMessage())
                + (event.getThrowableProxy() == null
                        ? ""
                        : " (" + event.getThrowableProxy().getClassName() + ": "
                                + LogText.safe(event.getThrowableProxy().getMessage()) + ")");
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length > LONGEST ? Arrays.copyOf(bytes, LONGEST) : bytes;
    }

    private static int severity(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> 3;
            case Level.WARN_INT -> 4;
            case Level.INFO_INT -> 6;
            default -> 7;
        };
    }

    private void send() {
        try (DatagramSocket datagrams = new DatagramSocket()) {
            while (isStarted()) {
                byte[] message = waiting.poll(1, TimeUnit.SECONDS);
                if (message != null) {
                    send(datagrams, message);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            addError("no socket for the log", e);
        } finally {
            disconnect();
        }
    }

    private void send(DatagramSocket datagrams, byte[] message) throws InterruptedException {
        try {
            if (server.tcp()) {
                OutputStream out = connected().getOutputStream();
                out.write((message.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(message);
            } else {
                InetAddress address = InetAddress.getByName(server.host());
                datagrams.send(new DatagramPacket(message, message.length, address, server.port()));
            }
        } catch (IOException e) {
            // Not to the log, which would come here again.
            addWarn("the log cannot be sent to " + server, e);
            disconnect();
            TimeUnit.SECONDS.sleep(1);
        }
    }

    private Socket connected() throws IOException {
        Socket open = connection;
        if (open == null) {
            open = new Socket();
            open.connect(new InetSocketAddress(server.host(), server.port()), PATIENCE_MILLIS);
            connection = open;
        }
        return open;
    }

    private void disconnect() {
        Socket open = connection;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            addWarn("the connection for the log did not close", e);
        }
        connection = null;
    }
}
