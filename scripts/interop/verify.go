// Checks an exported log with golang.org/x/mod/sumdb/note and tlog, which know nothing of this project.
//
//	verify DIR
//
// DIR holds verifier-key, the log in tlog-tiles layout (checkpoint, tile/…) and proofs.json. Prints one line of JSON with
// what was accepted and how many altered inputs were rejected; exit code 1 where one valid thing is rejected or one altered
// thing accepted.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type exported struct {
	// C2SP tlog-proofs, as text.
	Inclusion   []string
	Consistency []struct {
		// Signed notes.
		From, To string
		// Base64.
		Proof []string
	}
}

var rejected int

func main() {
	if len(os.Args) != 2 {
		fail("usage: verify DIR")
	}
	dir := os.Args[1]
	verifier, err := note.NewVerifier(strings.TrimSpace(string(read(dir, "verifier-key"))))
	must(err, "verifier key")
	var proofs exported
	must(json.Unmarshal(read(dir, "proofs.json"), &proofs), "proofs.json")

	checkpoint := string(read(dir, "checkpoint"))
	tree, err := openTree(checkpoint, verifier)
	must(err, "checkpoint")
	alterCheckpoint(checkpoint, verifier)

	entries := readEntries(dir, tree.N)
	tiles := checkTiles(dir, tree, entries)
	for _, text := range proofs.Inclusion {
		checkInclusion(text, entries, verifier)
	}
	for _, pair := range proofs.Consistency {
		checkConsistency(pair.From, pair.To, pair.Proof, verifier)
	}
	fmt.Printf("{\"inclusion\":%d,\"consistency\":%d,\"tiles\":%d,\"rejected\":%d}\n",
		len(proofs.Inclusion), len(proofs.Consistency), tiles, rejected)
}

// openTree verifies a checkpoint and parses it. The package's own parser wants the first line of the Go checksum database.
func openTree(text string, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != verifier.Name() {
		return tlog.Tree{}, fmt.Errorf("origin %q is not %q", origin, verifier.Name())
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

func alterCheckpoint(text string, verifier note.Verifier) {
	end := strings.Index(text, "\n\n")
	// Every byte that is signed, and one of the signature.
	places := []int{len(text) - 40}
	for i := 0; i < end; i++ {
		places = append(places, i)
	}
	for _, i := range places {
		altered := []byte(text)
		altered[i] ^= 1
		_, err := openTree(string(altered), verifier)
		mustNot(err, "checkpoint with byte %d altered", i)
	}
}

// readEntries reads entry bundles: each entry after its length in 16 bits, big-endian.
func readEntries(dir string, size int64) [][]byte {
	var entries [][]byte
	for n := int64(0); n<<height < size; n++ {
		data := read(dir, tilePath(tlog.Tile{H: height, L: -1, N: n, W: width(size, n)}))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(entries)) != size {
		fail("%d entries in bundles, %d in the checkpoint", len(entries), size)
	}
	return entries
}

func width(size, n int64) int {
	if size-n<<height < 1<<height {
		return int(size - n<<height)
	}
	return 1 << height
}

// tilePath is the package's path without the height, which tlog-tiles fixes at 8.
func tilePath(t tlog.Tile) string {
	path := strings.TrimPrefix(t.Path(), "tile/8/")
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

type directory struct {
	dir  string
	seen map[tlog.Tile]bool
	// Of `tile` the byte at `flip` is altered.
	tile tlog.Tile
	flip int
}

func (d *directory) Height() int { return height }

func (d *directory) SaveTiles(tiles []tlog.Tile, data [][]byte) {}

func (d *directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		d.seen[tile] = true
		bytes, err := os.ReadFile(filepath.Join(d.dir, filepath.FromSlash(tilePath(tile))))
		if err != nil {
			return nil, err
		}
		if tile == d.tile {
			bytes[d.flip] ^= 1
		}
		data[i] = bytes
	}
	return data, nil
}

// leavesMatch reads the hash of every leaf out of tiles that the checkpoint's root authenticates.
func leavesMatch(d *directory, tree tlog.Tree, entries [][]byte) error {
	indexes := make([]int64, len(entries))
	for i := range entries {
		indexes[i] = tlog.StoredHashIndex(0, int64(i))
	}
	hashes, err := tlog.TileHashReader(tree, d).ReadHashes(indexes)
	if err != nil {
		return err
	}
	for i, entry := range entries {
		if hashes[i] != tlog.RecordHash(entry) {
			return fmt.Errorf("entry %d is not the leaf of its tile", i)
		}
	}
	return nil
}

func checkTiles(dir string, tree tlog.Tree, entries [][]byte) int {
	good := &directory{dir: dir, seen: map[tlog.Tile]bool{}}
	must(leavesMatch(good, tree, entries), "tiles")
	for tile := range good.seen {
		for _, flip := range []int{0, tile.W * tlog.HashSize / 2, tile.W*tlog.HashSize - 1} {
			bad := &directory{dir: dir, seen: map[tlog.Tile]bool{}, tile: tile, flip: flip}
			mustNot(leavesMatch(bad, tree, entries), "tile %s with byte %d altered", tilePath(tile), flip)
		}
	}
	// Every file of hashes that was exported is one that the package asked for.
	files := 0
	must(filepath.Walk(filepath.Join(dir, "tile"), func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.Contains(filepath.ToSlash(path), "/entries/") {
			files++
		}
		return err
	}), "tile directory")
	if files != len(good.seen) {
		fail("%d tiles exported, %d read", files, len(good.seen))
	}
	return files
}

func checkInclusion(text string, entries [][]byte, verifier note.Verifier) {
	head, checkpoint, found := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "index ") {
		fail("no tlog-proof: %q", text)
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	must(err, "index of a tlog-proof")
	proof := tlog.RecordProof(parseHashes(lines[2:]))
	tree, err := openTree(checkpoint, verifier)
	must(err, "checkpoint of a tlog-proof")

	entry := entries[index]
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)), "inclusion of entry %d in %d", index, tree.N)

	other := append([]byte{}, entry...)
	other[len(other)/2] ^= 1
	mustNot(tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(other)), "altered entry %d", index)
	mustNot(tlog.CheckRecord(proof, tree.N, altered(tree.Hash), index, tlog.RecordHash(entry)), "altered root")
	for i := range proof {
		bad := append(tlog.RecordProof{}, proof...)
		bad[i] = altered(bad[i])
		mustNot(tlog.CheckRecord(bad, tree.N, tree.Hash, index, tlog.RecordHash(entry)), "altered proof of entry %d", index)
	}
	if next := (index + 1) % tree.N; next != index {
		mustNot(tlog.CheckRecord(proof, tree.N, tree.Hash, next, tlog.RecordHash(entry)), "entry %d at %d", index, next)
	}
}

func checkConsistency(from, to string, hashes []string, verifier note.Verifier) {
	older, err := openTree(from, verifier)
	must(err, "older checkpoint")
	newer, err := openTree(to, verifier)
	must(err, "newer checkpoint")
	proof := tlog.TreeProof(parseHashes(hashes))
	must(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash), "consistency of %d with %d", newer.N, older.N)

	mustNot(tlog.CheckTree(proof, newer.N, newer.Hash, older.N, altered(older.Hash)), "altered older root")
	mustNot(tlog.CheckTree(proof, newer.N, altered(newer.Hash), older.N, older.Hash), "altered newer root")
	for i := range proof {
		bad := append(tlog.TreeProof{}, proof...)
		bad[i] = altered(bad[i])
		mustNot(tlog.CheckTree(bad, newer.N, newer.Hash, older.N, older.Hash), "altered consistency proof")
	}
}

func parseHashes(lines []string) []tlog.Hash {
	hashes := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		bytes, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(bytes) != tlog.HashSize {
			fail("no hash: %q", line)
		}
		copy(hashes[i][:], bytes)
	}
	return hashes
}

func altered(hash tlog.Hash) tlog.Hash {
	hash[0] ^= 1
	return hash
}

func read(dir, path string) []byte {
	bytes, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	must(err, path)
	return bytes
}

func must(err error, format string, args ...interface{}) {
	if err != nil {
		fail("%s rejected: %v", fmt.Sprintf(format, args...), err)
	}
}

func mustNot(err error, format string, args ...interface{}) {
	if err == nil {
		fail("%s accepted", fmt.Sprintf(format, args...))
	}
	rejected++
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
