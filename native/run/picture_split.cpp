#include "native/run/picture_split.hpp"

#include "native/pictures/picture_file.hpp"

namespace cnnlab {

Split read_pictures(std::vector<std::string>& paths, const Model& model, std::vector<UnreadPicture>& unread) {
    Dataset data;
    data.card = model.card();
    std::erase_if(paths, [&](const std::string& path) {
        try {
            const Image image = read_picture(path, data.card.image);
            data.test.images.insert(data.test.images.end(), image.pixels.begin(), image.pixels.end());
            data.test.labels.push_back(0);
            return false;
        } catch (const Error& error) {
            unread.push_back({path, error.what()});
            return true;
        }
    });
    DataSpec spec;
    spec.permute_pixels = model.experiment().dataset.permute_pixels;
    apply_data_spec(spec, data);
    return std::move(data.test);
}

}  // namespace cnnlab
