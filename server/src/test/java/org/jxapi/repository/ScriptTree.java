package org.jxapi.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A small tree with copies of scripts of packaging, and with programs in the place of those that they call. */
final class ScriptTree {
    private final Path root;

    /** Makes the tree in a folder that does not exist yet. Its Maven records its arguments, and succeeds. */
    ScriptTree(Path root, String... scripts) throws IOException {
        this.root = root;
        for (String script : scripts) {
            Path name = Path.of("packaging", script);
            Files.createDirectories(root.resolve(name).getParent());
            Files.copy(Repository.ROOT.resolve(name), root.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        file("pom.xml", "");
        for (String module : List.of("server", "xe-cli")) {
            Files.createDirectories(root.resolve(module).resolve("src"));
            file(module + "/pom.xml", "");
        }
        maven("");
    }

    Path path(String name) {
        return root.resolve(name);
    }

    void file(String name, String text) throws IOException {
        Files.createDirectories(path(name).getParent());
        Files.writeString(path(name), text);
    }

    void program(String name, String text) throws IOException {
        file(name, "#!/bin/sh\n" + text);
        assertThat(path(name).toFile().setExecutable(true)).isTrue();
    }

    /** A Maven that does this, in addition to recording its arguments. */
    void maven(String text) throws IOException {
        program("tools/mvn", "echo \"$@\" >>'" + path("maven-calls") + "'\n" + text);
    }

    /** The arguments of each call of Maven. */
    List<String> mavenCalls() throws IOException {
        return Files.exists(path("maven-calls")) ? Files.readAllLines(path("maven-calls")) : List.of();
    }

    /** A command line that finds the tree's own programs first, and keeps its state next to the tree. */
    ProcessBuilder command(String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(root.getParent().toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", path("tools") + ":" + System.getenv("PATH"));
        builder.environment().put("XDG_STATE_HOME", root.resolveSibling("state").toString());
        builder.environment().keySet().removeAll(List.of("MVN", "JXAPI_SOCKET"));
        return builder;
    }

    /** Runs a script of packaging: its output, and its exit status behind that. */
    String run(String script, String... options) throws Exception {
        // A path that leads nowhere once the script has changed its folder.
        ProcessBuilder builder = command(root.getFileName() + "/packaging/" + script);
        builder.command().addAll(List.of(options));
        return outcome(builder);
    }

    static String outcome(ProcessBuilder builder) throws Exception {
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return said + process.exitValue();
    }
}
