//! `CatalogService`: looking into the site, and lists for tools.

use super::page_token::Query;
use super::{convert, pb, site, status};
use crate::engine::Engine;
use crate::model::{CategoryId, CourseId, SiteKey, UserId};
use crate::site::Subcategories;
use crate::store::{Store, UploadBegun};
use bytes::Bytes;
use tonic::{Request, Response, Status};

/// Handles the calls of `CatalogService`.
pub(super) struct CatalogHandler {
    engine: Engine,
    store: Store,
}

impl CatalogHandler {
    pub(super) fn new(engine: Engine, store: Store) -> Self {
        Self { engine, store }
    }

    fn site(&self, key: &str) -> Result<SiteKey, Status> {
        site::resolve(&self.engine.sites(), key)
    }
}

#[tonic::async_trait]
impl pb::catalog_service_server::CatalogService for CatalogHandler {
    async fn list_courses(
        &self,
        request: Request<pb::ListCoursesRequest>,
    ) -> Result<Response<pb::ListCoursesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let mut wanted = convert::course_query(&request)?;
        let query = Query::new("courses", &[&site, &request.category_id, &request.text, &request.visibility]);
        wanted.after = query.cursor::<i64>(&request.page_token)?.map(CourseId);
        let size = wanted.size;
        // One more tells whether there is another page.
        wanted.size += 1;
        let mut courses = self.engine.courses(&site, &wanted).await?;
        let goes_on = courses.len() > size;
        courses.truncate(size);
        let last = courses.last().filter(|_| goes_on).map(|course| course.card.id);
        Ok(Response::new(pb::ListCoursesResponse {
            courses: courses.into_iter().map(convert::course).collect(),
            next_page_token: query.token(last),
        }))
    }

    async fn list_empty_categories(
        &self,
        request: Request<pb::ListEmptyCategoriesRequest>,
    ) -> Result<Response<pb::ListEmptyCategoriesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let start = CategoryId(request.start_category_id);
        let ignores = request.ignore_empty_subcategories;
        let subcategories = if ignores { Subcategories::CountWithCourses } else { Subcategories::Count };
        let query = Query::new("empty categories", &[&site, &start, &ignores]);
        let after = query.cursor::<i64>(&request.page_token)?.map(CategoryId);
        let all = self.engine.empty_categories(&site, start, subcategories).await?;
        // The order is that of the tree: a page goes on behind the last one, wherever that stands now.
        let from = after.map_or(0, |after| all.iter().position(|own| own.id == after).map_or(all.len(), |at| at + 1));
        let size = convert::page_size(request.page_size) as usize;
        let page: Vec<_> = all.iter().skip(from).take(size).cloned().collect();
        let last = page.last().filter(|_| from + size < all.len()).map(|category| category.id);
        Ok(Response::new(pb::ListEmptyCategoriesResponse {
            categories: page.into_iter().map(convert::empty_category).collect(),
            next_page_token: query.token(last),
        }))
    }

    async fn list_picture_hashes(
        &self,
        request: Request<pb::ListPictureHashesRequest>,
    ) -> Result<Response<pb::ListPictureHashesResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let mut wanted = convert::picture_query(&request)?;
        let query = Query::new("picture hashes", &[&site, &request.identifier, &request.presence]);
        wanted.after = query.cursor::<i64>(&request.page_token)?.map(UserId);
        let size = wanted.size;
        // One more tells whether there is another page.
        wanted.size += 1;
        let mut pictures = self.engine.picture_hashes(&site, &wanted).await?;
        let goes_on = pictures.len() > size;
        pictures.truncate(size);
        let last = pictures.last().filter(|_| goes_on).map(|picture| picture.user);
        Ok(Response::new(pb::ListPictureHashesResponse {
            pictures: pictures.into_iter().map(convert::picture_hash).collect(),
            next_page_token: query.token(last),
        }))
    }

    async fn generate_command_file(
        &self,
        request: Request<pb::GenerateCommandFileRequest>,
    ) -> Result<Response<pb::GenerateCommandFileResponse>, Status> {
        let request = request.into_inner();
        let site = self.site(&request.site)?;
        let wanted = convert::generation(request, site.clone())?;
        let list = self.engine.file_of_courses(&site, &wanted.order).await.map_err(status::values_failure)?;
        if list.courses == 0 {
            let told: Vec<_> = list.omitted.iter().map(|omitted| omitted.message.as_str()).collect();
            return Err(status::invalid_field("course_ids", told.join(" ")));
        }
        let content = Bytes::from(list.text);
        let outcome = match self.store.begin_upload(wanted.upload).await? {
            UploadBegun::Writing(mut upload) => {
                upload.write(0, crc32c::crc32c(&content), content).await?;
                upload.finish().await?
            }
            UploadBegun::AlreadyDone(outcome) => outcome,
        };
        Ok(Response::new(pb::GenerateCommandFileResponse {
            file: Some(convert::stored_file(outcome.file)),
            courses: u32::try_from(list.courses).unwrap_or(u32::MAX),
            omitted: list.omitted.into_iter().map(convert::omitted_course).collect(),
        }))
    }
}
