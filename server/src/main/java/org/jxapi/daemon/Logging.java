package org.jxapi.daemon;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.slf4j.LoggerFactory;

/**
 * Logback, set up in code: to stderr and, if wanted, to a file that rotates daily and at 20 MB, with 200 MB of older ones.
 */
final class Logging {
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n%ex";

    private static final String REMOTE = "remote";

    private Logging() {}

    /**
     * Starts logging.
     *
     * @throws IOException when the file cannot be written; the message is one line that names it
     */
    static void start(@Nullable Path file, LogLevel least) throws IOException {
        if (file != null) {
            try {
                LogFile.prepare(file);
            } catch (IOException e) {
                throw new IOException("cannot write the log file " + file + ": " + Reason.of(e), e);
            }
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = Level.valueOf(least.name());
        Level others = atLeast(Level.INFO, level);
        root.setLevel(others);
        for (String quiet : List.of("org.eclipse.jetty", "org.flywaydb", "org.apache.ratis")) {
            context.getLogger(quiet).setLevel(atLeast(Level.WARN, level));
        }
        // Each of these logs a warning per invalid request, with text that the client chose, or several a second while
        // a
        // host of the pool is away or comes back.
        for (String talkative : List.of(
                "org.apache.ratis.grpc",
                "org.apache.ratis.server.RaftServer",
                "org.eclipse.jetty.http.HttpParser",
                "org.eclipse.jetty.server.Response",
                "org.eclipse.jetty.util.HostPort")) {
            context.getLogger(talkative).setLevel(Level.ERROR);
        }
        for (String own : List.of("org.jxapi", "libxl")) {
            context.getLogger(own).setLevel(level);
        }
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setTarget("System.err");
        start(context, root, console);
        start(context, root, RecentLog.SHARED);
        if (file != null) {
            LogFile rolling = new LogFile();
            rolling.setFile(file.toString());
            SizeAndTimeBasedRollingPolicy<ILoggingEvent> policy = new SizeAndTimeBasedRollingPolicy<>();
            policy.setContext(context);
            policy.setParent(rolling);
            policy.setFileNamePattern(file + ".%d{yyyy-MM-dd}.%i.gz");
            policy.setMaxFileSize(FileSize.valueOf("20MB"));
            policy.setMaxHistory(14);
            policy.setTotalSizeCap(FileSize.valueOf("200MB"));
            policy.start();
            rolling.setRollingPolicy(policy);
            start(context, root, rolling);
        }
    }

    /** Logs to a syslog server too, in the place of the one before. */
    static synchronized void alsoTo(Optional<RemoteLog> server) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Appender<ILoggingEvent> before = root.getAppender(REMOTE);
        if (before != null) {
            root.detachAppender(before);
            before.stop();
        }
        server.ifPresent(next -> {
            next.setName(REMOTE);
            next.setContext(context);
            next.start();
            root.addAppender(next);
        });
    }

    private static Level atLeast(Level least, Level level) {
        return level.isGreaterOrEqual(least) ? level : least;
    }

    private static void start(LoggerContext context, Logger root, OutputStreamAppender<ILoggingEvent> appender) {
        PatternLayout layout = new PatternLayout();
        layout.getInstanceConverterMap().put("msg", LogText.Message::new);
        layout.getInstanceConverterMap().put("ex", LogText.Exceptions::new);
        layout.setContext(context);
        layout.setPattern(PATTERN);
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        root.addAppender(appender);
    }
}
