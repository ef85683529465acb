package org.jxapi.diagnosis;

import java.io.IOException;
import java.net.Authenticator;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;

/** Uploads a file by HTTP PUT. It follows no redirection, as curl does for XAPI. */
final class HttpUpload {
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final long LOOK_MS = 200;
    /** With this property Java sends no password to a proxy for https, unless it is empty. */
    private static final String NO_TUNNEL = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        if (System.getProperty(NO_TUNNEL) == null) {
            System.setProperty(NO_TUNNEL, "");
        }
    }

    private final UploadTarget target;
    private final Duration patience;

    /** @param patience how long the server may take for a part of the file, and for its answer */
    HttpUpload(UploadTarget target, Duration patience) {
        this.target = target;
        this.patience = patience;
    }

    /**
     * Sends the file; INTERNAL_ERROR with the reason if the server does not take it.
     *
     * @param check throws an error to end the upload
     * @param progress gets the part that is done, from 0 to 1
     */
    void send(Path file, Runnable check, DoubleConsumer progress) throws IOException {
        AtomicLong sent = new AtomicLong();
        long size = Files.size(file);
        BodyPublisher contents = BodyPublishers.ofFile(file);
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uri())
                .header("Content-Type", "application/x-tar")
                .PUT(BodyPublishers.fromPublisher(to -> contents.subscribe(new Counter(to, sent)), size));
        if (!target.user().isEmpty()) {
            byte[] user = target.user().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        CompletableFuture<HttpResponse<Void>> answer =
                client().sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        try {
            check(await(answer, sent, size, check, progress));
        } finally {
            answer.cancel(true);
        }
    }

    private HttpClient client() {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT);
        UploadTarget.Proxy proxy = target.proxy();
        if (proxy == null) {
            return client.proxy(HttpClient.Builder.NO_PROXY).build();
        }
        InetSocketAddress address = new InetSocketAddress(proxy.host(), proxy.port());
        if (address.isUnresolved()) {
            throw failed("Failed to resolve proxy " + proxy.host());
        }
        client.proxy(ProxySelector.of(address));
        if (!proxy.user().isEmpty()) {
            client.authenticator(new ProxyUser(proxy.user()));
        }
        return client.build();
    }

    private HttpResponse<Void> await(
            CompletableFuture<HttpResponse<Void>> answer,
            AtomicLong sent,
            long size,
            Runnable check,
            DoubleConsumer progress) {
        long before = 0;
        long since = System.nanoTime();
        while (true) {
            try {
                return answer.get(LOOK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                check.run();
            } catch (ExecutionException e) {
                throw failed(e.getCause() == null ? e : e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("The upload was interrupted");
            }
            long now = sent.get();
            if (now != before) {
                before = now;
                since = System.nanoTime();
                progress.accept((double) now / size);
            } else if (System.nanoTime() - since > patience.toNanos()) {
                throw failed(target.uri().getHost() + " has taken nothing and answered nothing for "
                        + patience.toSeconds() + " s");
            }
        }
    }

    private void check(HttpResponse<Void> answer) {
        int status = answer.statusCode();
        if (status / 100 == 3) {
            throw failed(target.uri().getHost() + " answered " + status + ": the file has another place, "
                    + answer.headers().firstValue("Location").orElse("which it does not name")
                    + "; upload to that one");
        }
        if (status / 100 != 2) {
            throw failed(target.uri().getHost() + " answered " + status + " and did not take the file");
        }
    }

    private XenApiException failed(Throwable e) {
        String host = target.uri().getHost();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return failed("Failed to resolve proxy or host " + host);
            }
        }
        return failed((e instanceof ConnectException ? "Failed to connect to host " : "Failed to upload to ") + host
                + ": " + Reason.of(e));
    }

    private static XenApiException failed(String text) {
        return Errors.internalError(text);
    }

    /** Gives the user of a proxy to that proxy alone. */
    private static final class ProxyUser extends Authenticator {
        private final String user;

        ProxyUser(String user) {
            this.user = user;
        }

        @Override
        protected @Nullable PasswordAuthentication getPasswordAuthentication() {
            String[] parts = user.split(":", 2);
            return getRequestorType() == RequestorType.PROXY
                    ? new PasswordAuthentication(parts[0], (parts.length < 2 ? "" : parts[1]).toCharArray())
                    : null;
        }
    }

    /** Counts the bytes of a file on their way. A proxy that asks for a password gets the file again, from the beginning. */
    private record Counter(Flow.Subscriber<? super ByteBuffer> to, AtomicLong sent)
            implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            sent.set(0);
            to.onSubscribe(subscription);
        }

        @Override
        public void onNext(ByteBuffer piece) {
            sent.addAndGet(piece.remaining());
            to.onNext(piece);
        }

        @Override
        public void onError(Throwable failure) {
            to.onError(failure);
        }

        @Override
        public void onComplete() {
            to.onComplete();
        }
    }
}
