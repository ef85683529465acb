package org.jxapi.certificate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The names and addresses by which clients may call this host. */
record CertificateNames(Set<String> names, Set<InetAddress> addresses) {
    /** How long the name service may take to say the host's full name. */
    private static final long PATIENCE_SECONDS = 3;
    /** A host with more bridges than this is not called by the link-local addresses of each. */
    private static final int MOST_ADDRESSES = 100;

    /** Those of this host now. */
    static CertificateNames of(String hostname) throws IOException {
        Set<String> names = new LinkedHashSet<>(List.of(safe(hostname)));
        fullName(hostname).ifPresent(name -> names.add(safe(name)));
        names.add("localhost");
        Set<InetAddress> addresses = new LinkedHashSet<>();
        addresses.add(InetAddress.getByName("127.0.0.1"));
        addresses.add(InetAddress.getByName("::1"));
        own().stream()
                .sorted(Comparator.comparing(InetAddress::isLinkLocalAddress))
                .limit(MOST_ADDRESSES)
                .forEach(addresses::add);
        return new CertificateNames(names, addresses);
    }

    private static String safe(String name) {
        return name.replaceAll("[^A-Za-z0-9.-]", "-");
    }

    private static List<InetAddress> own() throws IOException {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(address -> !address.isLoopbackAddress())
                    .map(CertificateNames::withoutInterface)
                    .toList();
        } catch (SocketException e) {
            return List.of();
        }
    }

    /** The address alone: one of IPv6 names its network interface too. */
    private static InetAddress withoutInterface(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The host's name with its domain, if the name service knows it; a silent name service does not delay the start. */
    private static Optional<String> fullName(String hostname) {
        CompletableFuture<String> asked = new CompletableFuture<>();
        Thread lookup = new Thread(
                () -> {
                    try {
                        asked.complete(InetAddress.getByName(hostname).getCanonicalHostName());
                    } catch (IOException e) {
                        asked.completeExceptionally(e);
                    }
                },
                "full name");
        lookup.setDaemon(true);
        lookup.start();
        try {
            String name = asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return Optional.of(name).filter(found -> found.matches("[A-Za-z0-9.-]*[A-Za-z][A-Za-z0-9.-]*"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }
}
